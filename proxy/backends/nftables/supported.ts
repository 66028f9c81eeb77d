import { WorkshopError } from '../../../lib/errors.ts';
import { ExecError, run } from '../../../lib/exec.ts';

/** Throws WorkshopError `environment` when `nft` is missing, or may not change rules here. */
export async function requireNft(signal?: AbortSignal): Promise<void> {
  try {
    // A check of a change: nft 1.0.6 reads all elements of all tables before it lists so much as their names.
    await run('nft', ['--check', '-f', '-'], {
      input: 'add table ip workshop-proxy\n',
      signal,
      timeoutMs: 30_000,
    });
  } catch (error) {
    if (!(error instanceof ExecError) || error.kind === 'aborted') throw error;
    if (error.kind === 'missing') {
      throw new WorkshopError('environment', 'could not run nft: it is not installed', {
        advice: 'apt-get install nftables',
        cause: error,
      });
    }
    const why = error.stderr.trim().split('\n')[0] ?? error.message;
    throw new WorkshopError('environment', `could not use nftables: ${why}`, {
      advice: 'it as root, or in a user and network namespace of its own',
      cause: error,
    });
  }
}

/** The same as an answer: why this mode cannot work here, in words that end a sentence; undefined when it can. */
export async function unsupportedNft(signal?: AbortSignal): Promise<string | undefined> {
  try {
    await requireNft(signal);
    return undefined;
  } catch (error) {
    if (error instanceof WorkshopError) return error.message;
    throw error;
  }
}

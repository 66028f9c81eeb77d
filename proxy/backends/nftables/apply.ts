import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecError, run } from '../../../lib/exec.ts';

/** What it takes to make a kernel table look as desired, all of it text for `nft -f -`. */
export interface Script {
  /** Sets, maps and chains without effect yet. */
  readonly prepare: string;
  /** Chains and elements, in pieces that are complete commands each and rely on earlier ones only. */
  readonly pieces: readonly string[];
  /** Makes it live, and removes what was live before. */
  readonly commit: string;
}

/** Runs one transaction: all of it or nothing. Throws ExecError with nft's own words. */
export async function applyTransaction(text: string, signal?: AbortSignal): Promise<void> {
  if (text === '') return;
  const options = { signal, timeoutMs: patienceMs + text.length / 100 };
  if (text.length <= pipeBuffer) await run('nft', ['-f', '-'], { ...options, input: text });
  else await withFile(text, (file) => run('nft', ['-f', file], options));
}

/**
 * So long may nft take for a small change, and a millisecond more for each 100 bytes (usual are 4000). One that hangs must not keep
 * later changes from the kernel for ever.
 */
const patienceMs = 30_000;

/** What a pipe holds: a longer text would make this process and nft wait for each other again and again on a busy machine. */
const pipeBuffer = 60_000;

async function withFile(text: string, use: (file: string) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-proxy-'));
  try {
    const file = join(folder, 'table.nft');
    await writeFile(file, text, { mode: 0o600 });
    await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs a script whose commands do nothing visible before `commit`, in as many transactions as the kernel's limit on a message
 * asks for: without CAP_NET_ADMIN in the first user namespace, net.core.wmem_default bounds it.
 */
export async function applyInPieces(script: Script, signal?: AbortSignal): Promise<void> {
  await applyTransaction(script.prepare, signal);
  let size = script.pieces.length;
  for (let from = 0; from < script.pieces.length; ) {
    try {
      await applyTransaction(script.pieces.slice(from, from + size).join(''), signal);
      from += size;
    } catch (error) {
      if (!isTooLong(error) || size === 1) throw error;
      size = Math.ceil(size / 4);
    }
  }
  await applyTransaction(script.commit, signal);
}

/** The transaction did not fit into one netlink message. */
export function isTooLong(thrown: unknown): boolean {
  return thrown instanceof ExecError && /Message too long|No buffer space/.test(thrown.stderr);
}

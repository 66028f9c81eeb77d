import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecError, run } from '../../../lib/exec.ts';

/** Runs one transaction: all of it or nothing. Throws ExecError with nft's own words. */
export async function applyTransaction(text: string, signal?: AbortSignal): Promise<void> {
  if (text === '') return;
  const options = { signal, timeoutMs: patienceFor(text.length) };
  if (text.length <= pipeBuffer) await run('nft', ['-f', '-'], { ...options, input: text });
  else await withFile(text, (file) => run('nft', ['-f', file], options));
}

/**
 * Milliseconds that nft may take for a text of that many bytes: half a minute, and one more for each 100 bytes (usual are
 * 4000). One that hangs must not keep later changes from the kernel for ever.
 */
export function patienceFor(bytes: number): number {
  return 30_000 + bytes / 100;
}

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
 * The transaction did not fit into one netlink message: without CAP_NET_ADMIN in the first user namespace, net.core.wmem_default
 * bounds it.
 */
export function isTooLong(thrown: unknown): boolean {
  return thrown instanceof ExecError && /Message too long|No buffer space/.test(thrown.stderr);
}

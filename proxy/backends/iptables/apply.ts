import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecError, type RunOptions, type RunResult, run } from '../../../lib/exec.ts';
import type { Family } from '../../../lib/ip.ts';

/** The iptables to use: its family, and which of the two programs of that name. */
export interface Tool {
  readonly family: Family;
  readonly variant: 'nft' | 'legacy' | undefined;
}

/** Carries out blocks of rules, one after the other. Throws ExecError; blocks before the failed one were carried out. */
export async function restore(tool: Tool, text: string, signal?: AbortSignal): Promise<void> {
  if (text === '') return;
  const args = ['-w', lockSeconds, '--noflush'];
  const options = { signal, timeoutMs: patienceMs + text.length / 100 };
  if (text.length <= pipeBuffer) await runTool(tool, 'restore', args, { ...options, input: text });
  else await withFile(text, (file) => runTool(tool, 'restore', [...args, file], options));
}

/**
 * So long may a program take, the wait for the lock included, and a millisecond more for each 100 bytes that it is to write. One that
 * hangs must not keep later changes from the kernel for ever.
 */
const patienceMs = 60_000;

/** What a pipe holds: with a longer text this process and the other would wait for each other again and again. */
const pipeBuffer = 60_000;

async function withFile(text: string, use: (file: string) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-proxy-'));
  try {
    const file = join(folder, 'rules');
    await writeFile(file, text, { mode: 0o600 });
    await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits so long for others that hold the lock of the legacy tables; the one for nft has no lock. */
const lockSeconds = '30';

/** Runs `iptables`, `iptables-save` or `iptables-restore` of the tool's family. */
export async function runTool(
  { family, variant }: Tool,
  program: 'iptables' | 'save' | 'restore',
  args: readonly string[],
  options: Pick<RunOptions, 'input' | 'signal' | 'okCodes' | 'timeoutMs'> = {},
): Promise<RunResult> {
  const name = [family === 'IPv4' ? 'iptables' : 'ip6tables', variant, program === 'iptables' ? '' : program];
  return await run(name.filter(Boolean).join('-'), args, {
    timeoutMs: patienceMs,
    ...options,
    env: lockFile(),
  });
}

/** Where the usual lock file cannot be written (an ordinary user's namespace), one of our own; nobody else is in there. */
function lockFile(): Record<string, string> {
  for (const path of ['/run/xtables.lock', '/run']) {
    try {
      accessSync(path, constants.W_OK);
      return {};
    } catch {}
  }
  return { XTABLES_LOCKFILE: join(tmpdir(), `workshop-xtables-${process.getuid?.() ?? 0}.lock`) };
}

/** The transaction did not fit into one netlink message: net.core.wmem_max bounds it for ordinary users. */
export function isTooLong(thrown: unknown): boolean {
  return thrown instanceof ExecError && /Message too long|No buffer space/.test(thrown.stderr);
}

/** Which kernel interface the tool uses. With `legacy` every change copies a whole table, so that pieces would not pay. */
export async function backendOf(tool: Tool, signal?: AbortSignal): Promise<'nft' | 'legacy'> {
  const { stdout } = await runTool(tool, 'iptables', ['--version'], { signal });
  return stdout.includes('nf_tables') ? 'nft' : 'legacy';
}

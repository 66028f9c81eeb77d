import { WorkshopError } from '../../../lib/errors.ts';
import { run } from '../../../lib/exec.ts';
import type { Family } from '../../../lib/ip.ts';
import type { Steps } from './diff.ts';

/**
 * Gives the steps to the kernel. Their order leaves no address without service: marks, masquerading and the virtual servers come
 * before the addresses whose packets need them, and go after them. Nor does a client outside meet all endpoints under policy Local.
 * `rules` is text for iptables-restore, if any.
 * Throws ExecError or WorkshopError with the program's own words; then it is unknown what is there.
 */
export async function applySteps(
  steps: Steps,
  family: Family,
  rules: string,
  signal?: AbortSignal,
): Promise<void> {
  await restoreSets(steps.before, signal);
  await restoreServers(steps.marked, signal);
  await restoreSets(steps.marks, signal);
  await restoreServers(steps.servers, signal);
  await restoreRules(rules, family, signal);
  await batch(steps.addresses, signal);
  await restoreSets(steps.after, signal);
}

/** Runs lines of `ipset restore`; those before a faulty one stay done. Throws ExecError. */
export async function restoreSets(lines: readonly string[], signal?: AbortSignal): Promise<void> {
  await feed('ipset', ['restore'], lines, signal);
}

/** ipvsadm goes on after an error and forgets its exit code: what it complains about is on standard error alone. */
export async function restoreServers(lines: readonly string[], signal?: AbortSignal): Promise<void> {
  if (lines.length === 0) return;
  const { stderr } = await feed('ipvsadm', ['-R'], lines, signal);
  if (stderr.trim() === '') return;
  throw new WorkshopError('environment', `could not change virtual servers: ${stderr.trim().split('\n')[0]}`);
}

/** Replaces the chains that the text declares, in one step, and leaves all others. Throws ExecError. */
export async function restoreRules(text: string, family: Family, signal?: AbortSignal): Promise<void> {
  if (text === '') return;
  const program = family === 'IPv6' ? 'ip6tables-restore' : 'iptables-restore';
  await run(program, ['--noflush', '-w', '10'], { input: text, signal, timeoutMs: 60_000 });
}

async function batch(lines: readonly string[], signal?: AbortSignal): Promise<void> {
  await feed('ip', ['-batch', '-'], lines, signal);
}

async function feed(
  command: string,
  args: readonly string[],
  lines: readonly string[],
  signal?: AbortSignal,
): Promise<{ stderr: string }> {
  if (lines.length === 0) return { stderr: '' };
  return await run(command, args, { input: `${lines.join('\n')}\n`, signal, timeoutMs: 120_000 });
}

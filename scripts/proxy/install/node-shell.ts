import { messageOf, WorkshopError } from '../../../lib/errors.ts';
import { ExecError, type RunResult, run } from '../../../lib/exec.ts';
import { shellWord } from '../../../lib/shell-word.ts';
import type { TargetNode } from './target.ts';

export interface ShellOptions {
  readonly input?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a POSIX shell script as root on a node, `args` as its `$1`, `$2` … Throws WorkshopError `environment` that names the node and
 * says what the script, or ssh, complained of.
 */
export async function onNode(
  node: TargetNode,
  script: string,
  args: readonly string[] = [],
  { timeoutMs = 60_000, ...options }: ShellOptions = {},
): Promise<RunResult> {
  const [program, ...words] = node.ssh;
  const command = [...(node.become ?? ['sudo', '-n']), 'sh', '-c', script, 'sh', ...args]
    .map(shellWord)
    .join(' ');
  try {
    return await run(program, [...words, command], { ...options, timeoutMs });
  } catch (error) {
    if (!(error instanceof ExecError) || error.kind === 'aborted') throw error;
    throw new WorkshopError(
      'environment',
      `could not work on ${node.name} (${node.address}): ${why(error)}`,
      {
        advice: adviceFor(node, error),
        cause: error,
      },
    );
  }
}

/** The last line says what was fatal; what stands before it are warnings, such as a new host key's. */
function why(error: ExecError): string {
  if (error.kind !== 'failed') return messageOf(error);
  const lines = error.stderr.trim().split('\n');
  return lines.at(-1)?.trim().replace(/\.$/, '') || `exit code ${error.exitCode}`;
}

/** ssh itself exits with 255 (ssh(1)). */
function adviceFor(node: TargetNode, error: ExecError): string {
  if (error.exitCode === 255 || error.kind === 'missing') return `${node.ssh.join(' ')} true`;
  if (/sudo|password/i.test(error.stderr)) return `a user on ${node.name} that may sudo without a password`;
  return `journalctl -u workshop-proxy on ${node.name}`;
}

import { messageOf, WorkshopError } from '../errors.ts';
import { ExecError } from '../exec.ts';
import { shellWord } from '../shell-word.ts';
import type { Cluster } from './cluster.ts';

/** What a node said, or a sentence that says why it could not be asked, and what to type. */
export type NodeAnswer =
  | { readonly stdout: string; readonly problem?: undefined }
  | { readonly problem: string; readonly advice: string };

/**
 * Runs a command that succeeds on every node that is well, where one node out of reach must not hide what the others say.
 * Throws only what ended the whole command (`signal`), and what is no matter of the node.
 */
export async function askNode(
  cluster: Pick<Cluster, 'runOnNode' | 'nodeCommand' | 'pace'>,
  node: string,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<NodeAnswer> {
  const timeoutMs = 15_000 * cluster.pace;
  const advice = () => cluster.nodeCommand(node, ['true']).map(shellWord).join(' ');
  try {
    const { exitCode, stdout, stderr } = await cluster.runOnNode(node, argv, { timeoutMs, signal });
    if (exitCode === 0) return { stdout };
    const why = stderr.trim().split('\n').at(-1) || `exit code ${exitCode}`;
    return {
      problem: `could not run a command on ${node}: ${why}`,
      advice: why.startsWith('sudo:') ? mayNotSudo : advice(),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WorkshopError && error.fault === 'environment')
      return { problem: error.message, advice: error.advice ?? advice() };
    if (!(error instanceof ExecError)) throw error;
    const why = error.kind === 'timeout' ? `no answer within ${timeoutMs / 1000} s` : messageOf(error);
    return { problem: `could not reach ${node}: ${why}`, advice: advice() };
  }
}

/** sudoers(5) */
const mayNotSudo = '--ssh-user root, or NOPASSWD for that user in /etc/sudoers.d there';

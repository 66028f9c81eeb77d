import { WorkshopError } from '../../errors.ts';
import type { ClusterPaths } from '../../paths.ts';
import { didYouMean } from '../../suggest.ts';
import { outside } from '../node-command.ts';
import { sshConfigFile } from './record.ts';

/**
 * The command line that runs `argv` as root on a machine, by ssh; outside of the cluster it is this computer itself, and `argv`
 * runs as who we are. With `terminal` it has one there. Throws WorkshopError `usage` for a node that is not there.
 */
export function machineCommand(
  paths: ClusterPaths,
  nodes: readonly string[],
  node: string,
  argv: readonly [string, ...string[]] | readonly string[],
  terminal = false,
): readonly [string, ...string[]] {
  if (node === outside) {
    const [program = 'true', ...args] = argv;
    return [program, ...args];
  }
  if (!nodes.includes(node)) {
    const known = [...nodes, outside];
    throw new WorkshopError(
      'usage',
      `could not find the node ${node}: there are ${known.join(', ')}${didYouMean(node, known)}`,
    );
  }
  const command = ['sudo', '-n', '--', ...argv].map(shellWord).join(' ');
  return [...machineSsh(paths, node), ...(terminal ? ['-t'] : []), '--', command];
}

/** Program and arguments to which one more word, a shell command, is added to run it on the machine as its ordinary user. */
export function machineSsh(paths: ClusterPaths, node: string): readonly [string, ...string[]] {
  return ['ssh', '-F', sshConfigFile(paths), '-o', 'BatchMode=yes', node];
}

/** A word for any POSIX shell: ssh gives the far side one text, which its shell takes apart again. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

import type { ClusterPaths } from '../../paths.ts';
import { outside, requireNode } from '../node-command.ts';
import { sshCommand } from '../ssh.ts';
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
  requireNode(nodes, node);
  return sshCommand({ ssh: machineSsh(paths, node), become: ['sudo', '-n', '--'] }, argv, terminal);
}

/** Program and arguments to which one more word, a shell command, is added to run it on the machine as its ordinary user. */
export function machineSsh(paths: ClusterPaths, node: string): readonly [string, ...string[]] {
  return ['ssh', '-F', sshConfigFile(paths), '-o', 'BatchMode=yes', node];
}

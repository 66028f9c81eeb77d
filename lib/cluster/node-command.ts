import { WorkshopError } from '../errors.ts';
import { isAlive } from '../process-identity.ts';
import { didYouMean } from '../suggest.ts';
import type { ClusterRecord } from './record.ts';

/** In place of a node's name: a machine on the class LAN that is no part of the cluster (192.168.56.1). */
export const outside = 'outside';

/**
 * The command line that runs `argv` as root on a node of the sandbox: into the namespaces of its pid 1 first, then into the
 * node's network and host name (bound below /run/netns and /run/utsns there, see sandbox/network).
 * Throws WorkshopError `usage` for a node that is not there, `environment` when the sandbox is down.
 */
export function nodeCommand(
  record: ClusterRecord,
  node: string,
  argv: readonly string[],
): readonly [string, ...string[]] {
  const { init, settings, userNamespace } = record;
  requireNode(
    settings.nodes.map(({ name }) => name),
    node,
  );
  if (init === undefined || !isAlive(init)) {
    throw new WorkshopError('environment', `could not reach ${node}: the sandbox is not running`, {
      advice: 'workshop up',
    });
  }
  const user = userNamespace ? ['--user', '--preserve-credentials'] : [];
  const sandbox = ['--mount', '--pid', '--ipc', ...(node === outside ? ['--net'] : [])];
  const inner =
    node === outside ? [] : ['nsenter', `--net=/run/netns/${node}`, `--uts=/run/utsns/${node}`, '--'];
  return ['nsenter', `--target=${init.pid}`, ...user, ...sandbox, '--', ...inner, ...argv];
}

/** Throws WorkshopError `usage`, with the likely one, for a node that is neither one of these nor `outside`. */
export function requireNode(nodes: readonly string[], node: string): void {
  const known = [...nodes, outside];
  if (known.includes(node)) return;
  throw new WorkshopError(
    'usage',
    `could not find the node ${node}: there are ${known.join(', ')}${didYouMean(node, known)}`,
  );
}

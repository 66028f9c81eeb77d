import { WorkshopError } from '../errors.ts';
import { isAlive } from '../process-identity.ts';
import type { ClusterRecord } from './record.ts';

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
  if (!settings.nodes.some(({ name }) => name === node)) {
    const names = settings.nodes.map(({ name }) => name).join(', ');
    throw new WorkshopError('usage', `could not find the node ${node}: there are ${names}`);
  }
  if (init === undefined || !isAlive(init)) {
    throw new WorkshopError('environment', `could not reach ${node}: the sandbox is not running`, {
      advice: 'workshop up',
    });
  }
  const user = userNamespace ? ['--user', '--preserve-credentials'] : [];
  return [
    ...['nsenter', `--target=${init.pid}`, ...user, '--mount', '--pid', '--ipc', '--'],
    ...['nsenter', `--net=/run/netns/${node}`, `--uts=/run/utsns/${node}`, '--', ...argv],
  ] as [string, ...string[]];
}

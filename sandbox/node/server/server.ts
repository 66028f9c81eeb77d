import type { Server } from 'node:https';
import type { Log } from '../../../lib/log.ts';
import type { PodManager } from '../pods/manager.ts';
export async function startServer(
  _tls: { cert: string; key: string; clientCa: string },
  _address: string,
  _pods: () => PodManager | undefined,
  _log: Log,
): Promise<Server | undefined> {
  return undefined;
}

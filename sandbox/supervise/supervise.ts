import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type ControlPlane, writeControlPlane } from '../../lib/cluster/control-plane.ts';
import { lockCluster } from '../../lib/cluster/lock.ts';
import { type ClusterRecord, readRecord, writeRecord } from '../../lib/cluster/record.ts';
import { codeOf, messageOf, WorkshopError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import { identify } from '../../lib/process-identity.ts';
import { programCommand } from '../../lib/programs.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { ensurePki } from '../pki/ensure.ts';
import { ensureSigningKey } from '../pki/signing-key.ts';
import { lean } from './lean.ts';
import { startSandbox } from './namespaces.ts';
import { openUnix, startRelay } from './relay.ts';
import { openTunnel } from './tunnel.ts';

export interface SuperviseOptions {
  settings: Settings;
  paths: ClusterPaths;
  /** NodePorts of the first node to offer on 127.0.0.1 too. */
  publish: readonly number[];
  controlPlane: ControlPlane;
  log: Log;
  signal: AbortSignal;
}

/**
 * Keeps the sandbox of a cluster running until `signal`. Throws WorkshopError `environment` when another supervisor runs or
 * the kernel forbids namespaces at the first start.
 */
export async function supervise(options: SuperviseOptions): Promise<void> {
  const { settings, paths, publish, controlPlane, log, signal } = options;
  makeFolders(paths);
  const lock = await lockCluster(paths.root);
  if (!lock) {
    throw new WorkshopError(
      'environment',
      `could not start ${paths.name}: another supervisor runs it already`,
    );
  }
  const servers: Server[] = [lock];
  try {
    const before = readRecord(paths.record);
    const api = await startRelay(before?.apiPort ?? 0, apiServerOf(options), { any: true });
    servers.push(api.server, ...(await publishPorts(settings, paths, publish)));
    await ensurePki(paths, settings, api.port);
    if (controlPlane.kind === 'kubernetes') ensureSigningKey(paths.pki);
    writeControlPlane(paths, controlPlane);
    const record = newRecord(settings, paths, api.port, publish);
    writeRecord(paths.record, record);
    log.info('supervising', { name: paths.name, apiPort: api.port });
    await keepRunning(record, paths, log, signal);
  } finally {
    for (const server of servers) server.close();
    rmSync(paths.controlSocket, { force: true });
    rmSync(paths.apiSocket, { force: true });
  }
}

/** Ours listens on a unix socket too; kube-apiserver is reached through the sandbox's LAN. */
function apiServerOf({ settings, paths, controlPlane }: SuperviseOptions): () => Socket | Promise<Socket> {
  const address = settings.nodes[0]?.address ?? '';
  return controlPlane.kind === 'kubernetes'
    ? () => openTunnel(paths.controlSocket, address, 6443)
    : () => openUnix(paths.apiSocket);
}

async function keepRunning(
  record: ClusterRecord,
  paths: ClusterPaths,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const inside = [
    ...programCommand('sandbox', lean),
    ...['inside', '--name', paths.name, '--state-dir', paths.state],
  ];
  for (let failures = 0; !signal.aborted; failures++) {
    const started = performance.now();
    const sandbox = await startSandbox(inside, `${paths.logs}/inside.log`);
    writeRecord(paths.record, { ...record, init: sandbox.init });
    const onAbort = () => void sandbox.stop();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const why = await sandbox.ended;
    signal.removeEventListener('abort', onAbort);
    if (signal.aborted) break;
    if (performance.now() - started > 60_000) failures = 0;
    log.error('the sandbox ended, starting it again', { why, failures });
    await delay(Math.min(30_000, 500 * 2 ** failures), undefined, { signal }).catch(() => {});
  }
}

function newRecord(
  settings: Settings,
  paths: ClusterPaths,
  apiPort: number,
  published: readonly number[],
): ClusterRecord {
  const supervisor = identify(process.pid);
  if (!supervisor) throw new WorkshopError('environment', 'could not read /proc: is it mounted?');
  return {
    name: paths.name,
    supervisor,
    userNamespace: process.getuid?.() !== 0,
    apiPort,
    published,
    settings,
    startedAt: new Date().toISOString(),
  };
}

async function publishPorts(
  settings: Settings,
  paths: ClusterPaths,
  ports: readonly number[],
): Promise<Server[]> {
  const host = settings.nodes[0]?.address ?? '';
  const servers: Server[] = [];
  for (const port of ports) {
    try {
      servers.push((await startRelay(port, () => openTunnel(paths.controlSocket, host, port))).server);
    } catch (error) {
      for (const server of servers) server.close();
      const why = codeOf(error) === 'EADDRINUSE' ? 'something listens there already' : messageOf(error);
      throw new WorkshopError('environment', `could not publish port ${port} on 127.0.0.1: ${why}`, {
        advice: 'another --publish PORT',
        cause: error,
      });
    }
  }
  return servers;
}

function makeFolders(paths: ClusterPaths): void {
  if (/^\/(run|var\/run|proc|sys)\//.test(paths.root)) {
    throw new WorkshopError('environment', `could not use ${paths.root}: the sandbox has a /run of its own`, {
      advice: 'another folder in WORKSHOP_STATE_DIR',
    });
  }
  for (const folder of [paths.root, paths.logs, paths.nodes, paths.apiserver, paths.sockets]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  const { uid } = lstatSync(paths.sockets);
  if (uid !== process.getuid?.()) {
    throw new WorkshopError('environment', `could not use ${paths.sockets}: it belongs to another user`);
  }
  chmodSync(paths.root, 0o700);
  chmodSync(paths.sockets, 0o700);
}

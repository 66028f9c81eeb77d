import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import type { PodUnit } from '../pods/unit.ts';
import { loadTerminals } from '../runtime/terminal.ts';
import { HttpFault } from './fault.ts';
import { forwardPorts } from './port-forward.ts';
import { runAttach } from './run-attach.ts';
import { runExec } from './run-exec.ts';
import { acceptSpdy, spdyStreams } from './spdy-streams.ts';
import type { RemoteStreams } from './streams.ts';
import { findContainer } from './target.ts';
import { streamsMadeMs, websocketStreams } from './websocket-streams.ts';

export interface Upgrade {
  verb: 'exec' | 'attach' | 'portForward';
  unit: PodUnit;
  container: string;
  url: URL;
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

const channelProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** exec, attach or port-forward over a WebSocket or SPDY/3.1. Throws HttpFault before anything was switched. */
export async function upgradeStreams(upgrade: Upgrade): Promise<void> {
  if (upgrade.verb === 'portForward') return portForward(upgrade);
  const session = prepareSession(upgrade);
  // Loaded beforehand: the client's first messages come at once, and must find a listener.
  if (session.wanted.tty) await loadTerminals();
  const { 'user-agent': client } = upgrade.request.headers;
  const streams = isWebSocket(upgrade)
    ? websocketStreams(await acceptWebSocket(upgrade, channelProtocols), streamsMadeMs(client))
    : await spdyStreams(acceptSpdy(upgrade.request, upgrade.socket, upgrade.head), session.wanted);
  await session.run(streams);
}

async function portForward(upgrade: Upgrade): Promise<void> {
  if (!upgrade.unit.record.holder) throw new HttpFault(400, 'the pod is not running');
  if (!isWebSocket(upgrade)) {
    forwardPorts(upgrade.unit, acceptSpdy(upgrade.request, upgrade.socket, upgrade.head));
    return;
  }
  const socket = await acceptWebSocket(upgrade, ['SPDY/3.1+portforward.k8s.io']);
  const tunnel = createWebSocketStream(socket);
  tunnel.on('error', () => {});
  forwardPorts(upgrade.unit, tunnel);
}

interface Session {
  wanted: { stdin: boolean; stdout: boolean; stderr: boolean; tty: boolean };
  run(streams: RemoteStreams): Promise<void>;
}

/** The API server translates kubectl's names (stdin, stdout, stderr) to the kubelet's own; both are understood. */
function prepareSession({ verb, unit, container: name, url }: Upgrade): Session {
  const query = url.searchParams;
  const flag = (...names: string[]) => names.some((key) => ['1', 'true'].includes(query.get(key) ?? ''));
  const container = findContainer(unit, name);
  const live = unit.live.get(container.name);
  const record = unit.record.containers[container.name];
  if (!live?.process || !record) throw new HttpFault(404, `container not found ("${container.name}")`);
  const tty = flag('tty') || (verb === 'attach' && record.tty);
  const wanted = {
    stdin: flag('input', 'stdin'),
    stdout: flag('output', 'stdout'),
    stderr: flag('error', 'stderr') && !tty,
    tty,
  };
  if (verb === 'attach') {
    const options = { stdin: wanted.stdin, stdinOnce: container.stdinOnce === true };
    return { wanted, run: (streams) => runAttach(live, options, streams) };
  }
  const command = query.getAll('command');
  if (command.length === 0) throw new HttpFault(400, 'you must specify at least one command');
  const { process } = live;
  return {
    wanted,
    run: (streams) => runExec({ process, record, command, tty: wanted.tty, stdin: wanted.stdin }, streams),
  };
}

function isWebSocket({ request }: Upgrade): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket';
}

function acceptWebSocket(
  { request, socket, head }: Upgrade,
  protocols: readonly string[],
): Promise<WebSocket> {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const chosen = protocols.find((protocol) => offered.includes(protocol));
  if (!chosen)
    throw new HttpFault(400, `unable to negotiate a protocol: client supports ${offered.join(', ')}`);
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: () => chosen,
    perMessageDeflate: false,
  });
  return new Promise((resolve) => server.handleUpgrade(request, socket, head, resolve));
}

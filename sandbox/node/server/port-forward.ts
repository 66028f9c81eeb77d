import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { PodUnit } from '../pods/unit.ts';
import { hostPath } from '../runtime/spawn.ts';
import { openSpdy, type SpdyStream } from './spdy-streams.ts';

/** Connections of one client: for each a data stream and an error stream with the same requestID. */
export function forwardPorts(unit: PodUnit, socket: Duplex): void {
  const pairs = new Map<string, { data?: SpdyStream; error?: SpdyStream }>();
  openSpdy(socket, (stream) => {
    const { requestid = '', streamtype, port = '0' } = stream.headers;
    const pair = pairs.get(requestid) ?? {};
    if (streamtype === 'error') pair.error = stream;
    else pair.data = stream;
    pairs.set(requestid, pair);
    if (!pair.data || !pair.error) return;
    pairs.delete(requestid);
    forward(unit, Number(port), { data: pair.data, error: pair.error }, socket);
  });
}

/**
 * One connection to 127.0.0.1 in the pod's network, by a small program inside of it: a process cannot leave its own network
 * for one socket.
 */
function forward(
  unit: PodUnit,
  port: number,
  { data, error }: { data: SpdyStream; error: SpdyStream },
  socket: Duplex,
): void {
  const { holder, hostNetwork } = unit.record;
  if (!holder) return;
  const enter = hostNetwork ? [] : ['-t', String(holder.pid), '-n'];
  const child = spawn(
    'nsenter',
    [...enter, '--', unit.node.images.busybox, 'nc', '127.0.0.1', String(port)],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: hostPath },
    },
  );
  let problem = '';
  child.stderr.on('data', (chunk: Buffer) => {
    problem += chunk.toString();
  });
  child.stdin.on('error', () => {});
  child.on('error', () => data.end());
  data.pipe(child.stdin);
  child.stdout.pipe(data);
  const end = () => child.kill('SIGKILL');
  socket.on('close', end);
  data.on('close', end);
  child.on('close', () => {
    socket.off('close', end);
    if (problem === '') return void error.end();
    const text = `error forwarding port ${port} to pod ${unit.record.name}, uid ${unit.record.uid}: failed to connect to localhost:${port} inside namespace: ${problem.trim()}`;
    error.end(text);
  });
}

import { connect } from 'node:net';
import { dialError, type ProbeResult } from './result.ts';

/** Success when a TCP connection can be opened. */
export function probeTcp(
  host: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    const finish = (result: ProbeResult) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () =>
      finish({ success: false, output: `dial tcp ${host}:${port}: i/o timeout` }),
    );
    socket.on('connect', () => finish({ success: true, output: '' }));
    socket.on('error', (error) => finish({ success: false, output: dialError(error, host, port) }));
  });
}

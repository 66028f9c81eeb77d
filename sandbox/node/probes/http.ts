import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { Container, Probe } from '../pods/pod.ts';
import { dialError, type ProbeResult, portOf } from './result.ts';

type HttpGet = NonNullable<Probe['httpGet']>;

/** GETs a URL of the container, on a connection of its own; 200 to 399 is success, certificates are not looked at. */
export function probeHttp(
  action: HttpGet,
  target: { address: string; container: Container },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const tls = action.scheme === 'HTTPS';
  const host = action.host || target.address;
  const port = portOf(action.port, target.container);
  const path = (action.path || '/').replace(/^(?!\/)/, '/');
  const url = `${tls ? 'https' : 'http'}://${host}:${port}${path}`;
  const headers: Record<string, string> = {
    'User-Agent': 'kube-probe/1.35',
    Accept: '*/*',
    Connection: 'close',
  };
  for (const { name, value } of action.httpHeaders ?? []) headers[name] = value;
  const common = { headers, signal, agent: new (tls ? TlsAgent : PlainAgent)({ keepAlive: false }) };
  return new Promise((resolve) => {
    const outgoing = tls
      ? tlsRequest(url, { ...common, rejectUnauthorized: false })
      : plainRequest(url, common);
    const fail = (why: string) => resolve({ success: false, output: `Get "${url}": ${why}` });
    const timer = setTimeout(() => {
      fail('context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
      outgoing.destroy();
    }, timeoutMs);
    outgoing.on('error', (error) => fail(dialError(error, host, port)));
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.on('response', (response) => {
      response.resume().on('error', () => {});
      const status = response.statusCode ?? 0;
      const success = status >= 200 && status < 400;
      resolve({ success, output: success ? '' : `HTTP probe failed with statuscode: ${status}` });
    });
    outgoing.end();
  });
}

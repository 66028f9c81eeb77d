import { createServer, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Events } from '../events.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Address } from '../options.ts';
import type { Health } from './health.ts';

export interface ServerParts {
  readonly health: Health;
  readonly metrics: Metrics;
  /** The mode at work. */
  readonly mode: () => string;
  /** The configuration in effect, for `/configz`. */
  readonly config: () => unknown;
  /** False when the Node is being removed: load balancers should pass it by. */
  readonly nodeEligible: () => boolean;
  readonly log: Log;
  readonly events: Events;
}

/** `/healthz` (with the Node's state) and `/livez` (without), in kube-proxy's form. */
export function serveHealth(address: Address, parts: ServerParts): Server {
  const failed = failing(parts, 'FailedToStartProxierHealthcheck', address);
  return serve(address, { log: parts.log, failed }, (path, response) => {
    if (path !== '/healthz' && path !== '/livez') return send(response, 404, 'text/plain', 'not found\n');
    const node = path === '/healthz' ? { nodeEligible: parts.nodeEligible() } : {};
    const code = parts.health.well() && node.nodeEligible !== false ? 200 : 503;
    parts.metrics.health(path === '/healthz' ? 'healthz' : 'livez', code);
    const times = { lastUpdated: parts.health.lastUpdated(), currentTime: new Date() };
    send(response, code, 'application/json', `${JSON.stringify({ ...times, ...node })}\n`);
  });
}

/** `/metrics`, `/proxyMode`, `/configz` and a plain `/healthz`. */
export function serveMetrics(address: Address, parts: ServerParts): Server {
  const failed = failing(parts, 'FailedToStartMetricServer', address);
  return serve(address, { log: parts.log, failed }, async (path, response) => {
    if (path === '/proxyMode') return send(response, 200, 'text/plain; charset=utf-8', parts.mode());
    if (path === '/healthz') return send(response, 200, 'text/plain; charset=utf-8', 'ok');
    if (path === '/configz')
      return send(response, 200, 'application/json', `${JSON.stringify(parts.config())}\n`);
    if (path !== '/metrics') return send(response, 404, 'text/plain', 'not found\n');
    const { body, type } = await parts.metrics.text();
    send(response, 200, type, body);
  });
}

/** kube-proxy's events for a port that it cannot have. */
function failing({ events }: ServerParts, reason: string, { host, port }: Address): (error: unknown) => void {
  return (error) =>
    events.node('Warning', reason, `could not listen on ${host} port ${port}: ${messageOf(error)}`);
}

type Handle = (path: string, response: ServerResponse) => void | Promise<void>;

/** A port that is taken is tried again every five seconds, as kube-proxy does without bindAddressHardFail. */
export function serve(
  address: Address,
  { log, failed }: { log: Log; failed: (error: unknown) => void },
  handle: Handle,
): Server {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    Promise.resolve(handle(path, response)).catch((error: unknown) => {
      log.error('could not answer a request', { path, error });
      response.destroy();
    });
  });
  const listen = () => server.listen(address.port, address.host);
  let retry: NodeJS.Timeout | undefined;
  server.on('error', (error) => {
    log.warn('could not listen, will try again', { ...address, error });
    failed(error);
    retry = setTimeout(listen, 5000);
  });
  server.on('close', () => clearTimeout(retry));
  listen();
  return server;
}

/** Answers a request whole; browsers are told not to guess the type. */
export function send(response: ServerResponse, code: number, type: string, body: string): void {
  response.writeHead(code, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(body);
}

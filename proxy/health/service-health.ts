import type { Server } from 'node:http';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Events } from '../events.ts';
import type { ServiceRecord } from '../model/records.ts';
import type { Health } from './health.ts';
import { send, serve } from './servers.ts';

/** The `healthCheckNodePort` servers of Services with externalTrafficPolicy Local. */
export interface ServiceHealth {
  /** Opens, changes and closes ports so that they fit `services` with their numbers of ready local endpoints. */
  update(services: readonly { service: ServiceRecord; localEndpoints: number }[]): void;
  close(): void;
}

/** A load balancer asks every node which of them has endpoints: 200 if this one has and the proxy is well, else 503. */
export function createServiceHealth(parts: ServiceHealthParts): ServiceHealth {
  const open = new Map<number, { server: Server; answer: Answer }>();
  return {
    update(services) {
      const wanted = new Map(services.map((one) => [one.service.healthCheckNodePort, answerOf(one)]));
      for (const [port, { server }] of open) {
        if (wanted.has(port)) continue;
        server.close();
        server.closeAllConnections();
        open.delete(port);
      }
      for (const [port, answer] of wanted) {
        const known = open.get(port);
        if (known) known.answer = answer;
        else open.set(port, listen(port, answer, open, parts));
      }
    },
    close() {
      for (const { server } of open.values()) {
        server.close();
        server.closeAllConnections();
      }
      open.clear();
    },
  };
}

interface ServiceHealthParts {
  readonly health: Health;
  readonly log: Log;
  readonly events: Events;
}

interface Answer {
  readonly namespace: string;
  readonly name: string;
  readonly localEndpoints: number;
}

function answerOf({ service, localEndpoints }: { service: ServiceRecord; localEndpoints: number }): Answer {
  return { namespace: service.namespace, name: service.name, localEndpoints };
}

function listen(
  port: number,
  answer: Answer,
  open: ReadonlyMap<number, { answer: Answer }>,
  { health, log, events }: ServiceHealthParts,
): { server: Server; answer: Answer } {
  const failed = (error: unknown) => {
    const why = `could not listen on the health check port ${port}: ${messageOf(error)}`;
    events.service(answer, 'Warning', 'FailedToStartServiceHealthcheck', why);
  };
  const server = serve({ host: '::', port }, { log, failed }, (_path, response) => {
    const { namespace, name, localEndpoints } = open.get(port)?.answer ?? answer;
    const serviceProxyHealthy = health.well();
    const code = localEndpoints > 0 && serviceProxyHealthy ? 200 : 503;
    response.setHeader('X-Load-Balancing-Endpoint-Weight', localEndpoints);
    const body = { service: { namespace, name }, localEndpoints, serviceProxyHealthy };
    send(response, code, 'application/json', JSON.stringify(body));
  });
  return { server, answer };
}

import { request } from 'node:http';
import { messageOf } from '../../../lib/errors.ts';
import type { V1Pod, V1Service, Wire } from '../../../lib/kube/types.ts';
import type { Call } from '../api.ts';
import { badRequest, notFound, Refusal } from '../status.ts';

/**
 * `pods/x/proxy/…` and `services/x/proxy/…`: a plain HTTP request to the pod, or to the Service's cluster IP, and its
 * answer. Throws Refusal 404 or 503.
 */
export async function httpProxy(call: Call): Promise<undefined> {
  const { request: incoming, response, info } = call;
  const { host, port } = call.kind.plural === 'pods' ? podAddress(call) : serviceAddress(call);
  const search = incoming.url?.includes('?') ? incoming.url.slice(incoming.url.indexOf('?')) : '';
  const { authorization: _authorization, host: _host, ...headers } = incoming.headers;
  await new Promise<void>((resolve, reject) => {
    const options = {
      host,
      port,
      method: incoming.method,
      path: `/${info.rest}${search}`,
      headers,
      agent: false as const,
    };
    const outgoing = request(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response).on('close', resolve);
    });
    outgoing.on('error', (error) => {
      reject(new Refusal(503, 'ServiceUnavailable', `error trying to reach service: ${messageOf(error)}`));
    });
    incoming.pipe(outgoing);
  });
  return undefined;
}

function podAddress({ api, info, kind }: Call): { host: string; port: number } {
  const { name, port } = split(info.name);
  const pod = api.store.get('pods', info.namespace, name) as unknown as Wire<V1Pod> | undefined;
  if (!pod) throw notFound(kind, name);
  if (!pod.status?.podIP) throw badRequest('address not allowed');
  const first = pod.spec?.containers.flatMap((container) => container.ports ?? [])[0]?.containerPort;
  return { host: pod.status.podIP, port: Number(port) || first || 80 };
}

function serviceAddress({ api, info, kind }: Call): { host: string; port: number } {
  const { name, port } = split(info.name);
  const service = api.store.get('services', info.namespace, name) as unknown as Wire<V1Service> | undefined;
  if (!service) throw notFound(kind, name);
  const ports = service.spec?.ports ?? [];
  const found =
    port === '' ? ports[0] : ports.find((entry) => entry.name === port || String(entry.port) === port);
  const host = service.spec?.clusterIP ?? '';
  if (!found || host === '' || host === 'None') {
    throw new Refusal(
      503,
      'ServiceUnavailable',
      `no service port ${JSON.stringify(port)} found for service ${JSON.stringify(name)}`,
    );
  }
  return { host, port: found.port };
}

/** `name`, `name:port` or `scheme:name:port`. */
function split(text: string): { name: string; port: string } {
  const parts = text.split(':');
  const [name = '', port = ''] = parts.length === 3 ? parts.slice(1) : parts;
  return { name, port };
}

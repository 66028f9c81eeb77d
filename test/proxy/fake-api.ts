import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { run } from '../../lib/exec.ts';
import type { CoreV1Event, KubeObject } from '../../lib/kube/types.ts';

/** A plain API server for proxies: lists and watches of objects that the test puts in. No checks, no storage. */
export interface FakeApi {
  /** Adds or replaces an object; watchers hear of it. */
  put(plural: Plural, object: KubeObject): void;
  /** Like put, for many at once that nobody watches yet. */
  load(plural: Plural, objects: Iterable<KubeObject>): void;
  remove(plural: Plural, key: string): void;
  clear(): void;
  keys(plural: Plural): string[];
  /** What was posted to `events`, as `type reason about: message`. */
  events(): string[];
  /** Cuts all watches; `expired` makes the next ones fail with 410. */
  dropWatches(expired?: boolean): void;
  /** Refuses new connections and cuts the old ones until called with false. */
  away(isAway: boolean): void;
  /** Number of watches open now. */
  watches(): number;
  kubeconfig(server: string): string;
  close(): Promise<void>;
  readonly folder: string;
}

export type Plural = 'services' | 'endpoints' | 'endpointslices' | 'nodes' | 'servicecidrs';

interface Watch {
  readonly plural: Plural;
  readonly matches: (object: KubeObject) => boolean;
  readonly response: ServerResponse;
}

/** Listens on a unix socket path or a TCP port of loopback. */
export async function startFakeApi(listen: { path?: string; port?: number }): Promise<FakeApi> {
  const folder = mkdtempSync(`${tmpdir()}/fake-api-`);
  const { cert, key } = await certificate(folder);
  const objects = new Map<Plural, Map<string, KubeObject>>(plurals.map((plural) => [plural, new Map()]));
  const watches = new Set<Watch>();
  let version = 1;
  let oldest = 0;
  let isAway = false;
  const events: string[] = [];

  function tell(type: string, plural: Plural, object: KubeObject, before: KubeObject | undefined): void {
    for (const watch of watches) {
      if (watch.plural !== plural) continue;
      const was = before !== undefined && watch.matches(before);
      const seen = eventFor(was, watch.matches(object) && type !== 'DELETED');
      if (seen) watch.response.write(`${JSON.stringify({ type: seen, object })}\n`);
    }
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'https://x');
    const plural = plurals.find((one) => url.pathname.split('/').includes(one));
    if (!plural) return void response.writeHead(404).end('{"kind":"Status","code":404}');
    const query = url.searchParams;
    // As an API server without streaming lists (KEP-3157); clients list then.
    if (query.has('sendInitialEvents')) return void send(response, 422, failure(422, 'Invalid'));
    if (query.get('watch') === '1' || query.get('watch') === 'true')
      return void watch(plural, query, response);
    const items = [...(objects.get(plural)?.values() ?? [])].filter(matcher(query));
    send(response, 200, page(items, query, version));
  }

  function watch(plural: Plural, query: URLSearchParams, response: ServerResponse): void {
    const matches = matcher(query);
    const since = Number(query.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    if (since < oldest) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: failure(410, 'Expired') })}\n`);
      return;
    }
    response.flushHeaders();
    const opened = { plural, matches, response };
    watches.add(opened);
    response.on('close', () => watches.delete(opened));
    // What changed between the list and this watch: said again, which a watcher has to bear.
    for (const object of objects.get(plural)?.values() ?? []) {
      if (Number(object.metadata?.resourceVersion) > since && matches(object)) {
        response.write(`${JSON.stringify({ type: 'MODIFIED', object })}\n`);
      }
    }
  }

  /** Of core/v1, or of events.k8s.io/v1, which names things differently. */
  async function takeEvent(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await request.reduce((all: string, part: Buffer) => all + part.toString(), '');
    const event = JSON.parse(text) as CoreV1Event & {
      note?: string;
      regarding?: CoreV1Event['involvedObject'];
    };
    const { type, reason, message = event.note, involvedObject = event.regarding } = event;
    events.push(`${type} ${reason} ${involvedObject?.kind}/${involvedObject?.name}: ${message}`);
    response.writeHead(201, { 'content-type': 'application/json' }).end(text);
  }

  const server: Server = createServer({ cert, key }, (request, response) =>
    request.method === 'POST' ? void takeEvent(request, response) : answer(request, response),
  );
  server.on('connection', (socket) => {
    if (isAway) socket.destroy();
  });
  await new Promise<void>((resolve) => {
    if (listen.path !== undefined) server.listen(listen.path, resolve);
    else server.listen(listen.port, '127.0.0.1', resolve);
  });

  const put = (plural: Plural, object: KubeObject) => {
    const stored = stamped(plural, object, String(++version));
    const before = objects.get(plural)?.get(keyOf(object));
    objects.get(plural)?.set(keyOf(object), stored);
    tell('ADDED', plural, stored, before);
  };
  const remove = (plural: Plural, key: string) => {
    const before = objects.get(plural)?.get(key);
    if (!before) return;
    objects.get(plural)?.delete(key);
    tell('DELETED', plural, stamped(plural, before, String(++version)), before);
  };
  return {
    folder,
    put,
    remove,
    load(plural, list) {
      const map = objects.get(plural);
      for (const object of list) map?.set(keyOf(object), stamped(plural, object, String(++version)));
    },
    events: () => events,
    keys: (plural) => [...(objects.get(plural)?.keys() ?? [])],
    clear() {
      for (const plural of plurals)
        for (const key of [...(objects.get(plural)?.keys() ?? [])]) remove(plural, key);
    },
    dropWatches(gone = false) {
      if (gone) oldest = ++version;
      for (const { response } of watches) response.end();
      watches.clear();
    },
    away(now) {
      isAway = now;
      if (!now) return;
      watches.clear();
      server.closeAllConnections();
    },
    watches: () => watches.size,
    kubeconfig(address) {
      const file = `${folder}/kubeconfig-${++version}`;
      writeFileSync(file, kubeconfigText(address));
      return file;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      rmSync(folder, { recursive: true });
    },
  };
}

const kinds: Readonly<Record<Plural, { apiVersion: string; kind: string }>> = {
  services: { apiVersion: 'v1', kind: 'Service' },
  endpoints: { apiVersion: 'v1', kind: 'Endpoints' },
  endpointslices: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  nodes: { apiVersion: 'v1', kind: 'Node' },
  servicecidrs: { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR' },
};

const plurals = Object.keys(kinds) as Plural[];

/** A selector makes changes look like arrivals and departures. */
function eventFor(was: boolean, is: boolean): string | undefined {
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : undefined;
}

function send(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function failure(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code };
}

function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata ?? {};
  return namespace === undefined ? `${name}` : `${namespace}/${name}`;
}

/** client-go takes only objects that say what they are. */
function stamped(plural: Plural, object: KubeObject, resourceVersion: string): KubeObject {
  return { ...kinds[plural], ...object, metadata: { ...object.metadata, resourceVersion } };
}

/** The selectors that a proxy uses: absent labels, and one name. */
function matcher(query: URLSearchParams): (object: KubeObject) => boolean {
  const absent = (query.get('labelSelector') ?? '')
    .split(',')
    .filter(Boolean)
    .map((term) => term.slice(1));
  const name = /^metadata\.name=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  return ({ metadata }) =>
    (name === undefined || metadata?.name === name) &&
    absent.every((label) => !(label in (metadata?.labels ?? {})));
}

function page(items: readonly KubeObject[], query: URLSearchParams, version: number) {
  const limit = Number(query.get('limit') ?? 0) || items.length;
  const from = Number(query.get('continue') ?? 0);
  const next = from + limit < items.length ? { continue: String(from + limit) } : {};
  return { metadata: { resourceVersion: String(version), ...next }, items: items.slice(from, from + limit) };
}

async function certificate(folder: string): Promise<{ cert: string; key: string }> {
  const files = ['-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await run('openssl', ['req', '-x509', ...kind, '-days', '2', '-subj', '/CN=fake-api', ...files]);
  return { cert: readFileSync(`${folder}/cert.pem`, 'utf8'), key: readFileSync(`${folder}/key.pem`, 'utf8') };
}

function kubeconfigText(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'none' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

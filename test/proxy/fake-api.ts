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
    const matches = matcher(url.searchParams);
    if (url.searchParams.get('watch') === '1') {
      response.writeHead(200, { 'content-type': 'application/json' });
      if (Number(url.searchParams.get('resourceVersion')) < oldest) {
        response.end(
          `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })}\n`,
        );
        return;
      }
      response.flushHeaders();
      const watch = { plural, matches, response };
      watches.add(watch);
      response.on('close', () => watches.delete(watch));
      // What changed between the list and this watch: said again, which a watcher has to bear.
      const since = Number(url.searchParams.get('resourceVersion'));
      for (const object of objects.get(plural)?.values() ?? []) {
        if (Number(object.metadata?.resourceVersion) > since && matches(object)) {
          response.write(`${JSON.stringify({ type: 'MODIFIED', object })}\n`);
        }
      }
      return;
    }
    const items = [...(objects.get(plural)?.values() ?? [])].filter(matches);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(page(items, url.searchParams, version)));
  }

  async function takeEvent(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await request.reduce((all: string, part: Buffer) => all + part.toString(), '');
    const { type, reason, message, involvedObject } = JSON.parse(text) as CoreV1Event;
    events.push(`${type} ${reason} ${involvedObject.kind}/${involvedObject.name}: ${message}`);
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
    const stored = stamped(object, String(++version));
    const before = objects.get(plural)?.get(keyOf(object));
    objects.get(plural)?.set(keyOf(object), stored);
    tell('ADDED', plural, stored, before);
  };
  const remove = (plural: Plural, key: string) => {
    const before = objects.get(plural)?.get(key);
    if (!before) return;
    objects.get(plural)?.delete(key);
    tell('DELETED', plural, stamped(before, String(++version)), before);
  };
  return {
    folder,
    put,
    remove,
    load(plural, list) {
      const map = objects.get(plural);
      for (const object of list) map?.set(keyOf(object), stamped(object, String(++version)));
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

const plurals: readonly Plural[] = ['services', 'endpoints', 'endpointslices', 'nodes', 'servicecidrs'];

/** A selector makes changes look like arrivals and departures. */
function eventFor(was: boolean, is: boolean): string | undefined {
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : undefined;
}

function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata ?? {};
  return namespace === undefined ? `${name}` : `${namespace}/${name}`;
}

function stamped(object: KubeObject, resourceVersion: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
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

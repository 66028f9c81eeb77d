import type { IncomingMessage, ServerResponse } from 'node:http';
import { discoveryPage } from './discovery/pages.ts';
import type { RequestInfo } from './http/request-info.ts';
import { respond, respondText } from './http/respond.ts';
import { openApiPage } from './openapi/pages.ts';
import type { Registry } from './registry.ts';
import type { Schema } from './schema/schema.ts';
import { noSuchResource } from './status.ts';

/** Answers a path that is no resource. */
export type Page = (info: RequestInfo, request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The Kubernetes whose answers these are. */
export const version = {
  major: '1',
  minor: '35',
  gitVersion: 'v1.35.4+workshop',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: `node${process.versions.node}`,
  compiler: 'v8',
  platform: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
} as const;

/** Health, version, discovery and OpenAPI. `isReady` says whether the server has begun to serve objects. */
export function createPages(registry: Registry, schema: Schema, isReady: () => boolean): Page {
  const discovery = discoveryPage(registry);
  const openApi = openApiPage(registry, schema);
  return async (info, request, response) => {
    const path = info.path.length > 1 ? info.path.replace(/\/$/, '') : info.path;
    if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) return health(info, response, isReady());
    if (path === '/version') return respond(request, response, { code: 200, body: version });
    const answer = discovery(path, request.headers.accept) ?? openApi(path, request.headers.accept);
    if (answer) return respond(request, response, answer);
    if (path === '/') return respond(request, response, { code: 200, body: { paths: rootPaths } });
    if (registry.all.some(({ group }) => group !== '' && path.startsWith(`/apis/${group}/`)))
      throw noSuchResource();
    return respondText(response, 404, '404 page not found\n');
  };
}

const rootPaths = [
  '/api',
  '/apis',
  '/healthz',
  '/livez',
  '/openapi/v2',
  '/openapi/v3',
  '/readyz',
  '/version',
];

function health({ path, query }: RequestInfo, response: ServerResponse, ready: boolean): void {
  const isOk = ready || !path.startsWith('/readyz');
  const mark = isOk ? '[+]ping ok\n[+]store ok\n' : '[+]ping ok\n[-]store failed: reason withheld\n';
  const name = path.split('/')[1];
  const text = query.has('verbose') || !isOk ? `${mark}${name} check ${isOk ? 'passed' : 'failed'}\n` : 'ok';
  respondText(response, isOk ? 200 : 500, text);
}

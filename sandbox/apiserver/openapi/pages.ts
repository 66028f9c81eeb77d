import { createHash } from 'node:crypto';
import type { Answer } from '../http/respond.ts';
import type { Kind } from '../kinds/kind.ts';
import { apiVersionOf, type Registry } from '../registry.ts';
import type { Schema } from '../schema/schema.ts';
import { type Dialect, definitionsOf } from './definitions.ts';
import { pathsOf } from './paths.ts';

/**
 * Answers `/openapi/v2`, `/openapi/v3` and the documents that the latter lists; undefined for other paths. Documents are
 * made when asked for and not kept: few ask, and they are large.
 */
export function openApiPage(
  registry: Registry,
  schema: Schema,
): (path: string, accept: string | undefined) => Answer | undefined {
  const groups = new Map<string, Kind[]>();
  for (const kind of registry.all) {
    const place = kind.group === '' ? 'api/v1' : `apis/${apiVersionOf(kind)}`;
    groups.set(place, [...(groups.get(place) ?? []), kind]);
  }
  let index: unknown;
  return (path, accept) => {
    if (path === '/openapi/v3') {
      index ??= {
        paths: Object.fromEntries(
          [...groups.keys()].map((place) => [place, { serverRelativeURL: link(place, schema) }]),
        ),
      };
      return { code: 200, body: index };
    }
    if (path === '/openapi/v2' && accept?.includes(protobufType)) {
      return { code: 200, body: emptyDocument, contentType: protobufType.replace('@', '.') };
    }
    if (path === '/openapi/v2') {
      const body = { swagger: '2.0', ...document(schema, registry.all, 'v2') };
      return { code: 200, body };
    }
    const kinds = path.startsWith('/openapi/v3/') ? groups.get(path.slice('/openapi/v3/'.length)) : undefined;
    return kinds && { code: 200, body: { openapi: '3.0.0', ...document(schema, kinds, 'v3') } };
  };
}

/** As clients ask for it; `@` may not be in an answer's content type. */
const protobufType = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/**
 * kubectl reads OpenAPI 2 in protobuf alone, and only to look for kinds that OpenAPI 3 does not have: it finds none in this
 * document either. Fields of gnostic's openapiv2.Document: 1 swagger, 2 info (1 title, 2 version), 8 paths, 9 definitions.
 */
const emptyDocument = Buffer.concat([
  Buffer.from([0x0a, 3]),
  Buffer.from('2.0'),
  Buffer.from([0x12, 2 + 10 + 2 + 5, 0x0a, 10]),
  Buffer.from('Kubernetes'),
  Buffer.from([0x12, 5]),
  Buffer.from('v1.35'),
  Buffer.from([0x42, 0, 0x4a, 0]),
]);

/** With a hash, so that clients may keep the document for as long as the address is the same. */
function link(place: string, schema: Schema): string {
  const hash = createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 32);
  return `/openapi/v3/${place}?hash=${hash.toUpperCase()}`;
}

function document(schema: Schema, kinds: readonly Kind[], dialect: Dialect) {
  const models = [...kinds.map(({ model }) => model), 'V1DeleteOptions'];
  const definitions = definitionsOf(schema, models, kinds, dialect);
  return {
    info: { title: 'Kubernetes', version: 'v1.35' },
    paths: Object.assign({}, ...kinds.map((kind) => pathsOf(schema, kind, dialect))) as Record<
      string,
      unknown
    >,
    ...(dialect === 'v2' ? { definitions } : { components: { schemas: definitions } }),
  };
}

import { request } from 'node:https';
import type { Answer, Case, Group, Json } from './case.ts';
import { merge, namespace } from './case.ts';
import { normalizeCells } from './normalize.ts';

interface Reply {
  code: number;
  warnings: string[];
  body: Json;
}

/** Plays cases on a real API server at `url`, to which `token` opens every door. */
export class RealServer {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async prepare(): Promise<void> {
    await this.#send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  }

  async play(group: Group, given: Case): Promise<Answer> {
    const collection = collectionOf(group);
    const made: string[] = [];
    const create = async (body: unknown) => {
      const reply = await this.#send('POST', collection, body);
      const name = (reply.body['metadata'] as Json | undefined)?.['name'];
      if (reply.code < 400 && typeof name === 'string') made.push(`${collection}/${name}`);
      return reply;
    };
    for (const patch of given.before ?? []) await create(merge(group.base, patch));
    try {
      const reply = await create(merge(group.base, given.create));
      return await this.#continue(group, given, made.at(-1) ?? '', reply);
    } finally {
      for (const path of made) await this.#remove(path);
    }
  }

  async #continue(group: Group, given: Case, path: string, first: Reply): Promise<Answer> {
    let reply = first;
    const put = async (where: string, patch: Json) => {
      reply = await this.#send('PUT', where, merge(reply.body, patch));
    };
    if (reply.code < 400 && given.status) await put(`${path}/status`, given.status);
    if (reply.code < 400 && given.update) await put(path, given.update);
    if (reply.code < 400 && given.replace) {
      reply = await this.#send('PUT', path, merge(group.base, given.replace));
    }
    if (reply.code < 400 && given.delete) reply = await this.#send('DELETE', path);
    return reply.code < 400 && given.table ? this.#row(path) : answerOf(reply);
  }

  async #row(path: string): Promise<Answer> {
    const table = await this.#send('GET', path, undefined, 'application/json;as=Table;v=v1;g=meta.k8s.io');
    const [row] = table.body['rows'] as { cells: unknown[] }[];
    return {
      code: table.code,
      columns: table.body['columnDefinitions'] as unknown[],
      row: normalizeCells(row?.cells ?? []),
    };
  }

  async #remove(path: string): Promise<void> {
    const patch = { metadata: { finalizers: null } };
    await this.#send('PATCH', path, patch, 'application/json', 'application/merge-patch+json');
    await this.#send('DELETE', path, { gracePeriodSeconds: 0 });
    if (!/^\/api\/v1\/namespaces\/[^/]+$/.test(path)) return;
    // There is no namespace controller beside this server.
    const name = path.slice(path.lastIndexOf('/') + 1);
    await this.#send('PUT', `${path}/finalize`, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
      spec: { finalizers: [] },
    });
  }

  #send(
    method: string,
    path: string,
    body?: unknown,
    accept = 'application/json',
    type = 'application/json',
  ): Promise<Reply> {
    const text = body === undefined ? '' : JSON.stringify(body);
    // Node.js sends a DELETE's body without a length, which the next request on the connection would stumble over.
    const length = { 'content-length': Buffer.byteLength(text) };
    const headers = { authorization: `Bearer ${this.#token}`, accept, 'content-type': type, ...length };
    return new Promise((resolve, reject) => {
      const call = request(
        `${this.#url}${path}`,
        { method, headers, rejectUnauthorized: false },
        (response) => {
          let reply = '';
          response.on('data', (chunk) => {
            reply += chunk;
          });
          response.on('end', () =>
            resolve({
              code: response.statusCode ?? 0,
              warnings: warningsOf(response.headers['warning']),
              body: JSON.parse(reply) as Json,
            }),
          );
        },
      );
      call.on('error', reject);
      call.end(text);
    });
  }
}

function collectionOf({ base, plural }: Group): string {
  const version = String(base['apiVersion']);
  const root = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
  const cluster = plural === 'nodes' || plural === 'namespaces';
  return cluster ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`;
}

function answerOf({ code, body, warnings }: Reply): Answer {
  if (code < 400) return { code: 200, object: body, ...(warnings.length > 0 ? { warnings } : {}) };
  const details = body['details'] as { causes?: unknown[] } | undefined;
  return {
    code,
    message: String(body['message']),
    reason: String(body['reason']),
    causes: details?.causes ?? [],
  };
}

/** The sentences of `Warning: 299 - "…"` headers, which Node.js joins with commas (RFC 9111 section 5.5). */
function warningsOf(header: string | undefined): string[] {
  const quoted = [...(header ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)];
  return quoted.map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}

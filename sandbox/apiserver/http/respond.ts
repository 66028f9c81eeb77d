import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { formatYaml } from '../../../lib/yaml.ts';

const compress = promisify(gzip);
/** Smaller answers cost more to compress than to send (k8s.io/apiserver: defaultGzipThresholdBytes). */
const gzipThreshold = 128 * 1024;

export interface Answer {
  readonly code: number;
  /** A Buffer is sent as it is. */
  readonly body: unknown;
  readonly encoding?: 'json' | 'yaml';
  /** Sentences for `Warning` headers. */
  readonly warnings?: readonly string[];
  readonly contentType?: string;
}

/** Sends an object: as JSON, indented for people at a terminal, or as YAML; compressed when large and asked for. */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  const yaml = answer.encoding === 'yaml';
  for (const warning of answer.warnings ?? [])
    response.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
  response.setHeader('content-type', answer.contentType ?? (yaml ? 'application/yaml' : 'application/json'));
  response.setHeader('cache-control', 'no-cache, private');
  await send(request, response, answer.code, bytesFor(request, answer));
}

/** Sends plain text, as `/healthz` does. */
export function respondText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function bytesFor(request: IncomingMessage, { body, encoding }: Answer): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (encoding === 'yaml') return Buffer.from(formatYaml(body));
  return Buffer.from(`${JSON.stringify(body, null, indentFor(request))}\n`);
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  code: number,
  body: Buffer,
): Promise<void> {
  const zipped =
    body.length > gzipThreshold && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const bytes = zipped ? await compress(body, { level: 1 }) : body;
  if (zipped) response.setHeader('content-encoding', 'gzip');
  response.setHeader('vary', 'Accept');
  response.writeHead(code, { 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function indentFor(request: IncomingMessage): number {
  const pretty = /[?&]pretty=([^&]*)/.exec(request.url ?? '')?.[1];
  if (pretty !== undefined) return pretty === 'false' || pretty === '0' ? 0 : 2;
  return /^(curl|Wget|Mozilla)\//.test(request.headers['user-agent'] ?? '') ? 2 : 0;
}

import type { IncomingMessage } from 'node:http';
import { Refusal } from '../status.ts';

/** As etcd and Kubernetes: larger requests are refused. */
const bodyLimit = 3 * 1024 * 1024;

/** Reads a request's body, at most `bodyLimit` bytes. Throws Refusal 413 when it is larger, 400 when it breaks off. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): Refusal {
  const message = `Request entity too large: limit is ${bodyLimit}`;
  return new Refusal(413, 'RequestEntityTooLarge', message, {});
}

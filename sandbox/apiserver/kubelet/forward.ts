import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import type { Duplex } from 'node:stream';
import { messageOf } from '../../../lib/errors.ts';
import type { Call, KubeletClient } from '../api.ts';
import { Refusal } from '../status.ts';
import { type Target, targetOf } from './target.ts';

/** GET of a pod's log: passed through from the node agent as it comes. Throws Refusal. */
export async function forwardLog(call: Call): Promise<undefined> {
  const target = targetOf(call);
  const { response } = call;
  if (!target) {
    response.writeHead(204).end();
    return undefined;
  }
  const answer = await ask(call, target);
  if ((answer.statusCode ?? 500) >= 400) throw await refusalOf(answer);
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  response.on('close', () => answer.destroy());
  answer.pipe(response);
  return undefined;
}

/**
 * exec, attach and port-forward: hands the client's upgrade request to the node agent and then lets bytes pass both ways,
 * whatever the protocol is. Throws Refusal when the node agent refuses or cannot be reached.
 */
export function tunnel(call: Call, client: Duplex, head: Buffer): Promise<void> {
  const target = targetOf(call);
  if (!target) return Promise.reject(new Refusal(400, 'BadRequest', 'the pod is on no node'));
  return new Promise((resolve, reject) => {
    const outgoing = request({
      ...optionsFor(call.api.kubelet, target),
      method: call.request.method,
      headers: headersFor(call.request),
    });
    outgoing.on('upgrade', (answer, node, early) => {
      client.write(headOf(answer));
      if (early.length > 0) client.write(early);
      if (head.length > 0) node.write(head);
      join(client, node);
      resolve();
    });
    outgoing.on('response', (answer) => refusalOf(answer).then(reject, reject));
    outgoing.on('error', (error) => reject(unreachable(error)));
    client.on('close', () => outgoing.destroy());
    outgoing.end();
  });
}

/** Ends both when one ends; what was written before still arrives. */
function join(client: Duplex, node: Duplex): void {
  client.pipe(node).pipe(client);
  for (const [one, other] of [
    [client, node],
    [node, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

function ask({ api, request: incoming }: Call, target: Target): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...optionsFor(api.kubelet, target), method: 'GET' });
    outgoing.on('response', resolve).on('error', (error) => reject(unreachable(error)));
    incoming.on('close', () => incoming.destroyed && outgoing.destroy());
    outgoing.end();
  });
}

function optionsFor({ ca, cert, key }: KubeletClient, { host, port, path }: Target): RequestOptions {
  return {
    host,
    port,
    path,
    agent: false,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

/** The client's headers, without who it is: the node agent trusts the API server's certificate. */
function headersFor({ headers }: IncomingMessage): IncomingMessage['headers'] {
  const { authorization: _authorization, cookie: _cookie, host: _host, ...rest } = headers;
  return rest;
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

async function refusalOf(answer: IncomingMessage): Promise<Refusal> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8').trim();
  const code = answer.statusCode ?? 500;
  const reason = code === 404 ? 'NotFound' : code === 400 ? 'BadRequest' : 'InternalError';
  return new Refusal(code, reason, messageIn(text) || `the node agent answered ${code}`);
}

/** A node agent may answer with plain words or with a Status. */
function messageIn(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: string }).message ?? text);
  } catch {
    return text;
  }
}

function unreachable(error: unknown): Refusal {
  return new Refusal(500, 'InternalError', `error dialing backend: ${messageOf(error)}`);
}

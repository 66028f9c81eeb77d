import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { messageOf, WorkshopError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import type { PodManager } from '../pods/manager.ts';
import { HttpFault } from './fault.ts';
import { serveLogs } from './logs.ts';
import { findContainer, findPod, parseTarget } from './target.ts';
import { upgradeStreams } from './upgrade.ts';

/** The kubelet's port. */
const port = 10250;

/**
 * Serves logs, exec, attach and port-forward to the API server, and to nobody else: a client certificate of the cluster's
 * CA with group system:masters is needed. Throws WorkshopError when it cannot listen.
 */
export async function startServer(
  tls: { cert: string; key: string; clientCa: string },
  address: string,
  pods: () => PodManager | undefined,
  log: Log,
): Promise<Server> {
  const server = createServer({
    cert: tls.cert,
    key: tls.key,
    ca: tls.clientCa,
    requestCert: true,
    rejectUnauthorized: true,
  });
  server.on('request', (request, response) => void handleRequest(request, response, pods()));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    handleUpgrade(request, socket, head, pods()).catch((error: unknown) => {
      if (!(error instanceof HttpFault)) log.error('upgrade failed', { error });
      refuse(socket, error);
    });
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `could not listen on ${address}:${port}: ${messageOf(cause)}`;
      reject(new WorkshopError('environment', message, { cause }));
    });
    server.listen(port, address, resolve);
  });
  return server;
}

async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  pods: PodManager | undefined,
): Promise<void> {
  try {
    checkCaller(request);
    const url = new URL(request.url ?? '/', 'https://node');
    if (url.pathname === '/healthz') {
      response.end('ok');
      return;
    }
    const target = parseTarget(url);
    if (target?.verb !== 'containerLogs') throw new HttpFault(404, '404 page not found');
    const unit = findPod(pods, target);
    await serveLogs({
      unit,
      container: findContainer(unit, target.container),
      query: url.searchParams,
      response,
    });
  } catch (error) {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(error instanceof HttpFault ? error.code : 500, { 'content-type': 'text/plain' });
    response.end(messageOf(error));
  }
}

async function handleUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  pods: PodManager | undefined,
): Promise<void> {
  checkCaller(request);
  const url = new URL(request.url ?? '/', 'https://node');
  const target = parseTarget(url);
  if (!target || target.verb === 'containerLogs') throw new HttpFault(404, '404 page not found');
  const unit = findPod(pods, target);
  await upgradeStreams({ verb: target.verb, unit, container: target.container, url, request, socket, head });
}

function checkCaller(request: IncomingMessage): void {
  const subject = (request.socket as TLSSocket).getPeerCertificate().subject as
    | { O?: string | string[]; CN?: string }
    | undefined;
  const groups = [subject?.O ?? []].flat();
  if (!groups.includes('system:masters')) {
    throw new HttpFault(
      403,
      `Forbidden (user=${subject?.CN ?? 'system:anonymous'}, verb=get, resource=nodes)`,
    );
  }
}

function refuse(socket: Duplex, error: unknown): void {
  const code = error instanceof HttpFault ? error.code : 500;
  const text = messageOf(error);
  socket.end(
    `HTTP/1.1 ${code} Refused\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

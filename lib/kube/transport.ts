import { readFileSync } from 'node:fs';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { ApiError } from './api-error.ts';
import type { Credentials } from './credentials.ts';
import type { Status } from './types.ts';

export interface Call {
  method: string;
  /** Path and query. */
  path: string;
  body?: string | undefined;
  contentType?: string | undefined;
  accept?: string | undefined;
  signal?: AbortSignal | undefined;
  /** The connection may be silent for so long (milliseconds) before the call fails. */
  idleMs?: number | undefined;
}

export interface Transport {
  /** Sends the call and resolves with the response once its head is there. Throws ApiError for codes ≥ 400. */
  open(call: Call): Promise<IncomingMessage>;
  /** Like open, and reads the whole body. */
  text(call: Call): Promise<string>;
  /** Closes idle connections. */
  close(): void;
}

/** HTTPS with the credentials of a kubeconfig, over kept-alive connections. */
export function createTransport(credentials: Credentials): Transport {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, ...tlsOptions(credentials) });

  async function open(call: Call): Promise<IncomingMessage> {
    const response = await send(call, credentials, agent);
    if ((response.statusCode ?? 500) < 400) return response;
    throw await refusal(response);
  }

  return {
    open,
    text: async (call) => readAll(await open(call)),
    close: () => agent.destroy(),
  };
}

/** The TLS part of a connection to the API server, for HTTPS and WebSocket alike. */
export function tlsOptions(
  credentials: Credentials,
): Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'> {
  return {
    ...(credentials.ca !== undefined && { ca: credentials.ca }),
    ...(credentials.cert !== undefined && { cert: credentials.cert }),
    ...(credentials.key !== undefined && { key: credentials.key }),
    rejectUnauthorized: credentials.insecure !== true,
  };
}

/** The `Authorization` header, when the credentials hold a bearer token. A file is read each time: its token is renewed. */
export function authorization({ token, tokenFile }: Credentials): Record<string, string> {
  const current = tokenFile === undefined ? token : readFileSync(tokenFile, 'utf8').trim();
  return current === undefined ? {} : { authorization: `Bearer ${current}` };
}

function send(call: Call, credentials: Credentials, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = request(new URL(call.path, credentials.server), {
      agent,
      method: call.method,
      headers: {
        accept: call.accept ?? 'application/json',
        ...authorization(credentials),
        ...(call.body !== undefined && {
          'content-type': call.contentType ?? 'application/json',
          'content-length': Buffer.byteLength(call.body),
        }),
      },
      ...(call.signal && { signal: call.signal }),
    });
    outgoing.on('response', resolve).on('error', reject);
    outgoing.setTimeout(call.idleMs ?? 30_000, () => {
      outgoing.destroy(new Error(`the API server was silent for ${(call.idleMs ?? 30_000) / 1000} s`));
    });
    outgoing.end(call.body);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function refusal(response: IncomingMessage): Promise<ApiError> {
  const code = response.statusCode ?? 500;
  const body = await readAll(response);
  try {
    return new ApiError(code, JSON.parse(body) as Status);
  } catch {
    return new ApiError(code, { message: body.trim() || `the API server answered ${code}`, code });
  }
}

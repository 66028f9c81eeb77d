import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import type { Credentials } from '../../../lib/kube/credentials.ts';
import { authorization, tlsOptions } from '../../../lib/kube/transport.ts';

export interface Reply {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of any shape
  readonly json: any;
}

export interface AskOptions {
  readonly body?: string | Buffer;
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Record<string, string>;
  readonly socketPath?: string;
}

/** Sends one request as it is and reads the whole answer; refusals are answers too. */
export function ask(
  credentials: Credentials,
  method: string,
  path: string,
  options: AskOptions = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const url = new URL(path, credentials.server);
    const outgoing = request(
      url,
      {
        method,
        agent: false,
        ...tlsOptions(credentials),
        ...(options.socketPath !== undefined && { socketPath: options.socketPath }),
        headers: {
          ...(options.body !== undefined && {
            'content-type': options.type ?? 'application/json',
            'content-length': Buffer.byteLength(options.body),
          }),
          ...(options.accept !== undefined && { accept: options.accept }),
          ...authorization(credentials),
          ...options.headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString('utf8');
          const { statusCode: code = 0, headers } = response;
          resolve({ code, headers, text, bytes: bytes.length, json: parsed(text) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

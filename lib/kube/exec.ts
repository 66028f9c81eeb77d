import WebSocket from 'ws';
import { WorkshopError } from '../errors.ts';
import type { RunResult } from '../exec.ts';
import { ApiError } from './api-error.ts';
import type { Credentials } from './credentials.ts';
import { pathOf, resources } from './resources.ts';
import { authorization, tlsOptions } from './transport.ts';
import type { Status } from './types.ts';

export interface ExecTarget {
  namespace: string;
  pod: string;
  container?: string | undefined;
}

export interface ExecOptions {
  input?: string | undefined;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Runs a command in a container and resolves with its output and exit code, by the API's `v5.channel.k8s.io` over WebSocket
 * (KEP-4006). Throws ApiError when the server refuses, WorkshopError `timeout` when there is no end in `timeoutMs` (30 s).
 */
export function execInPod(
  credentials: Credentials,
  target: ExecTarget,
  argv: readonly string[],
  { input, timeoutMs = 30_000, signal }: ExecOptions = {},
): Promise<RunResult> {
  // Before there is a connection: one that is ended before it stands tells of an error, also when nobody listens yet.
  if (signal?.aborted) return Promise.reject(signal.reason);
  const socket = new WebSocket(urlOf(credentials, target, argv, input !== undefined), ['v5.channel.k8s.io'], {
    ...tlsOptions(credentials),
    headers: authorization(credentials),
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    const output: Record<number, Buffer[]> = { [stdout]: [], [stderr]: [], [status]: [] };
    const fail = (error: unknown) => {
      finish();
      reject(error);
    };
    const onAbort = () => fail(signal?.reason);
    const timer = setTimeout(() => fail(tooLong(target, argv, timeoutMs)), timeoutMs);
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.terminate();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', fail);
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => fail(refusal(response.statusCode ?? 500, Buffer.concat(chunks).toString())));
    });
    socket.on('open', () => {
      if (input !== undefined) sendInput(socket, input);
    });
    socket.on('message', (data: Buffer) => output[data[0] ?? -1]?.push(data.subarray(1)));
    socket.on('close', (_code, reason) => {
      finish();
      const text = (channel: number) => Buffer.concat(output[channel] ?? []).toString();
      const end = text(status);
      if (end === '') reject(new WorkshopError('environment', lostText(target, reason.toString())));
      else settle(JSON.parse(end) as Status, text(stdout), text(stderr), resolve, reject);
    });
  });
}

const [stdin, stdout, stderr, status, closeChannel] = [0, 1, 2, 3, 255];

function sendInput(socket: WebSocket, input: string): void {
  socket.send(Buffer.concat([Buffer.of(stdin), Buffer.from(input)]));
  socket.send(Buffer.of(closeChannel, stdin));
}

function urlOf(
  credentials: Credentials,
  target: ExecTarget,
  argv: readonly string[],
  withInput: boolean,
): URL {
  const { namespace, pod, container } = target;
  const url = new URL(
    pathOf(resources.pods, { namespace, name: pod, subresource: 'exec' }),
    credentials.server.replace(/^http/, 'ws'),
  );
  for (const word of argv) url.searchParams.append('command', word);
  if (container !== undefined) url.searchParams.set('container', container);
  url.searchParams.set('stdout', 'true');
  url.searchParams.set('stderr', 'true');
  if (withInput) url.searchParams.set('stdin', 'true');
  return url;
}

function settle(
  end: Status,
  out: string,
  err: string,
  resolve: (result: RunResult) => void,
  reject: (error: unknown) => void,
): void {
  const result = { stdout: out, stderr: err };
  const exit = end.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (end.status === 'Success') resolve({ ...result, exitCode: 0 });
  else if (end.reason === 'NonZeroExitCode' && exit !== undefined)
    resolve({ ...result, exitCode: Number(exit) });
  else reject(new ApiError(end.code ?? 500, end));
}

function refusal(code: number, body: string): ApiError {
  try {
    return new ApiError(code, JSON.parse(body) as Status);
  } catch {
    return new ApiError(code, { message: body.trim() || `the API server answered ${code}`, code });
  }
}

function tooLong(target: ExecTarget, argv: readonly string[], timeoutMs: number): WorkshopError {
  const what = `${argv[0]} in ${target.namespace}/${target.pod}`;
  return new WorkshopError('timeout', `could not finish ${what}: no end after ${timeoutMs / 1000} s`);
}

function lostText(target: ExecTarget, reason: string): string {
  const why = reason === '' ? 'the connection was lost' : reason;
  return `could not run a command in ${target.namespace}/${target.pod}: ${why}`;
}

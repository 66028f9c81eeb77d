import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { Container } from '../pods/pod.ts';
import type { PodUnit } from '../pods/unit.ts';
import type { LogFile } from '../runtime/log-file.ts';
import { HttpFault } from './fault.ts';
import { type LogOptions, type LogRecord, logOptions, parseRecord, selectRecords } from './log-records.ts';

/** Answers with a container's log, by the query of `kubectl logs`. Throws HttpFault 400 when there is none. */
export async function serveLogs(request: {
  unit: PodUnit;
  container: Container;
  query: URLSearchParams;
  response: ServerResponse;
}): Promise<void> {
  const { unit, container, response } = request;
  const options = logOptions(request.query, Date.now());
  const path = pathOf(unit, container.name, options.previous);
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  const live = options.previous ? undefined : unit.live.get(container.name)?.log;
  await copyLog({ path, live: live?.path === path ? live : undefined, options, response });
  response.end();
}

function pathOf(unit: PodUnit, container: string, previous: boolean): string {
  const record = unit.record.containers[container];
  const pod = unit.record.name;
  if (previous) {
    const path = record && unit.paths.log(container, record.restartCount - 1);
    if (path && existsSync(path)) return path;
    throw new HttpFault(400, `previous terminated container "${container}" in pod "${pod}" not found`);
  }
  if (record) return unit.paths.log(container, record.restartCount);
  const waiting = unit.waiting.get(container);
  const isPulling = waiting?.reason.includes('Image');
  const words = isPulling
    ? 'trying and failing to pull image'
    : `waiting to start: ${waiting?.reason ?? 'ContainerCreating'}`;
  throw new HttpFault(400, `container "${container}" in pod "${pod}" is ${words}`);
}

const chunkBytes = 64 * 1024;

/** Sends what the file has, then, when following, what comes until the container ends or the client goes. */
async function copyLog(copy: {
  path: string;
  live: LogFile | undefined;
  options: LogOptions;
  response: ServerResponse;
}): Promise<void> {
  const { live, options, response } = copy;
  const file = await open(copy.path, 'r');
  let position = 0;
  let unfinished = Buffer.alloc(0);
  let left = options.limitBytes;

  async function readNew(): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for (;;) {
      const buffer = Buffer.alloc(chunkBytes);
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, position);
      if (bytesRead === 0) return records;
      position += bytesRead;
      const data = Buffer.concat([unfinished, buffer.subarray(0, bytesRead)]);
      const end = data.lastIndexOf(10) + 1;
      unfinished = data.subarray(end);
      for (const line of splitLines(data.subarray(0, end))) {
        const record = parseRecord(line);
        if (record) records.push(record);
      }
    }
  }

  async function send(records: readonly LogRecord[]): Promise<void> {
    const text = Buffer.concat(records.map((record) => formatRecord(record, options)));
    const part = text.subarray(0, left);
    left -= part.length;
    if (part.length > 0 && !response.write(part))
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }

  try {
    await send(selectRecords(await readNew(), options));
    while (options.follow && live && !response.destroyed && left > 0) {
      const ended = live.ended;
      const fresh = await readNew();
      await send(selectRecords(fresh, { ...options, tailLines: undefined }));
      if (ended) return;
      if (fresh.length === 0) await change(live, response);
    }
  } finally {
    await file.close();
  }
}

/** Waits until something was written since, the log ended, or the client is gone. */
async function change(live: LogFile, response: ServerResponse): Promise<void> {
  if (live.ended) return;
  const abort = new AbortController();
  const { signal } = abort;
  const quiet = (wait: Promise<unknown>) => wait.catch(() => {});
  await Promise.race([
    quiet(once(live.changes, 'change', { signal })),
    quiet(once(response, 'close', { signal })),
  ]);
  abort.abort();
}

function formatRecord({ time, text, full }: LogRecord, { timestamps }: LogOptions): Buffer {
  const head = timestamps ? Buffer.from(`${time} `) : Buffer.alloc(0);
  return Buffer.concat([head, text, full ? Buffer.from('\n') : Buffer.alloc(0)]);
}

function splitLines(data: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0, at = data.indexOf(10); at >= 0; from = at + 1, at = data.indexOf(10, from)) {
    lines.push(data.subarray(from, at));
  }
  return lines;
}

import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';
import type { KubeObject, Status, WatchEventType } from './types.ts';

export type WatchEvent<T> =
  | { type: WatchEventType; object: T }
  | { type: 'BOOKMARK'; object: { metadata: { resourceVersion?: string } } };

/**
 * The events of an open watch, until the server ends it.
 * Throws ApiError for an ERROR event (410 when the resource version is gone), a system error when the line breaks.
 */
export async function* watchEvents<T extends KubeObject>(
  response: IncomingMessage,
): AsyncGenerator<WatchEvent<T>> {
  for await (const line of lines(response)) {
    const event = JSON.parse(line) as WatchEvent<T> | { type: 'ERROR'; object: Status };
    if (event.type === 'ERROR') throw new ApiError(event.object.code ?? 500, event.object);
    yield event;
  }
}

/** Whole lines of a stream; what follows the last newline is a torn event and dropped. */
async function* lines(stream: IncomingMessage): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  let rest: string[] = [];
  for await (const chunk of stream) {
    const parts = (chunk as string).split('\n');
    rest.push(parts.shift() ?? '');
    if (parts.length === 0) continue;
    const first = rest.join('');
    rest = [parts.pop() ?? ''];
    for (const line of [first, ...parts]) if (line !== '') yield line;
  }
}

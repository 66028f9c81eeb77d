import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
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
  let failure: Error | undefined;
  response.on('error', (error) => {
    failure = error;
  });
  for await (const line of createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') continue;
    const event = JSON.parse(line) as WatchEvent<T> | { type: 'ERROR'; object: Status };
    if (event.type === 'ERROR') throw new ApiError(event.object.code ?? 500, event.object);
    yield event;
  }
  if (failure) throw failure;
}

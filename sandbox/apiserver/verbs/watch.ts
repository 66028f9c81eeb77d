import type { Call } from '../api.ts';
import type { Form } from '../http/accept.ts';
import { isTrue } from '../http/request-info.ts';
import type { StoredObject } from '../kinds/kind.ts';
import { partial } from '../output/partial.ts';
import { formOf, tableOptions } from '../output/represent.ts';
import { tableOf } from '../output/table.ts';
import { apiVersionOf } from '../registry.ts';
import { filterOf } from '../select/filter.ts';
import { expired, Refusal } from '../status.ts';
import type { StoreEvent } from '../store/history.ts';
import { checkListOptions, wantsInitialEvents } from './list-options.ts';
import { integerOption } from './options.ts';
import { badVersion } from './read.ts';

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** A client that reads so slowly that this many bytes wait for it is cut off; it will list again. */
const maxBacklog = 8 * 1024 * 1024;
const bookmarkMs = 60_000;
/** As kube-apiserver's --min-request-timeout: 30 to 60 minutes. */
const defaultTimeoutSeconds = 1800;

/**
 * Streams changes as JSON lines until the client goes, `timeoutSeconds` are over or the server ends. Without a
 * resourceVersion (or with 0, or `sendInitialEvents`) it first tells of every object there is. A revision that is
 * forgotten gets an ERROR event with status 410. Throws Refusal before the stream begins.
 */
export function watch(call: Call): undefined {
  const { api, kind, info, response } = call;
  checkListOptions(info.query, 'watch');
  const filter = filterOf(kind, info);
  const encode = encoderFor(call, formOf(call));
  const timeoutMs =
    (integerOption(info.query, 'timeoutSeconds') || defaultTimeoutSeconds * (1 + Math.random())) * 1000;
  const { from, initial } = startOf(call);

  // What there is already may be much; only what comes later counts against a slow reader.
  let allowed = Number.POSITIVE_INFINITY;
  const send = (line: string) => {
    // Between the end of the answer and the close of its connection the store may still tell of changes.
    if (response.writableEnded) return;
    response.write(line);
    if (response.writableLength > allowed) response.destroy();
  };
  const write = (type: string, object: unknown) => send(lineOf(type, object));
  const tell = tellerFor(call, { filter, encode, send });
  const bookmark = (revision: number, annotations?: Record<string, string>) => {
    write('BOOKMARK', bookmarkObject(call, revision, annotations));
  };

  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  const subscription = api.store.subscribe(kind.plural, from, tell);
  if (!subscription) {
    write('ERROR', expired(`too old resource version: ${from} (${api.store.revision})`).status);
    response.end();
    return undefined;
  }
  const wantsBookmarks = isTrue(info.query.get('allowWatchBookmarks'));
  const beat = () => bookmark(api.store.revision);
  runUntilEnd(call, { timeoutMs, beat: wantsBookmarks ? beat : undefined, end: subscription.end });
  const present = initial ? api.store.all(kind.plural).filter(filter) : [];
  for (const object of present) write('ADDED', encode(object));
  if (wantsInitialEvents(info.query) && wantsBookmarks) {
    bookmark(api.store.revision, { 'k8s.io/initial-events-end': 'true' });
  }
  for (const event of subscription.past) tell(event);
  allowed = response.writableLength + maxBacklog;
  return undefined;
}

interface Teller {
  readonly filter: (object: StoredObject) => boolean;
  readonly encode: (object: StoredObject) => unknown;
  readonly send: (line: string) => void;
}

/** Sends each event that the filter lets through. A fault in a kind's rules ends this watch, not the change it tells of. */
function tellerFor(call: Call, { filter, encode, send }: Teller): (event: StoreEvent) => void {
  const isPlain = formOf(call).as === '';
  return (event) => {
    try {
      const type = typeFor(event, filter);
      if (!type) return;
      const left = type === 'DELETED' && event.type !== 'DELETED';
      if (isPlain && type === event.type) send(textOf(event));
      else send(lineOf(type, encode(left ? gone(event) : event.object)));
    } catch (error) {
      call.api.log.error('could not tell of a change', { plural: event.plural, error });
      call.response.destroy();
    }
  };
}

/** Most watchers of a kind see an event alike: it is written as text once. */
function textOf(event: StoreEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = lineOf(event.type, event.object);
  texts.set(event, text);
  setImmediate(() => texts.delete(event));
  return text;
}

function lineOf(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

const texts = new WeakMap<StoreEvent, string>();

function runUntilEnd(
  { api, response }: Call,
  { timeoutMs, beat, end }: { timeoutMs: number; beat: (() => void) | undefined; end: () => void },
): void {
  const ticker = beat && setInterval(beat, bookmarkMs);
  const finish = () => {
    beat?.();
    response.end();
  };
  const timer = setTimeout(finish, Math.min(timeoutMs, 2 ** 31 - 1));
  const stop = () => response.end();
  api.signal.addEventListener('abort', stop, { once: true });
  response.on('close', () => {
    end();
    clearInterval(ticker);
    clearTimeout(timer);
    api.signal.removeEventListener('abort', stop);
  });
}

function startOf({ api, info }: Call): { from: number; initial: boolean } {
  const text = info.query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(text)) throw new Refusal(500, '', badVersion(text));
  const initial = text === '' || text === '0' || wantsInitialEvents(info.query);
  return { from: initial ? api.store.revision : Number(text), initial };
}

/** What an event is to someone who sees only what the filter lets through. */
function typeFor(event: StoreEvent, filter: (object: StoredObject) => boolean): EventType | undefined {
  const before = event.previous !== undefined && filter(event.previous);
  if (event.type === 'DELETED') return before ? 'DELETED' : undefined;
  const after = filter(event.object);
  if (before) return after ? 'MODIFIED' : 'DELETED';
  return after ? 'ADDED' : undefined;
}

/** An object that left the selection is told as it was last seen, with the revision at which it left. */
function gone({ previous, object }: StoreEvent): StoredObject {
  const last = previous ?? object;
  return { ...last, metadata: { ...last.metadata, resourceVersion: object.metadata.resourceVersion } };
}

function encoderFor(call: Call, { as }: Form): (object: StoredObject) => unknown {
  if (as === '') return (object) => object;
  if (as !== 'Table') return partial;
  let headers = true;
  return (object) => {
    const { resourceVersion } = object.metadata;
    const table = tableOf(call.kind, [object], { resourceVersion }, tableOptions(call, headers));
    headers = false;
    return table;
  };
}

function bookmarkObject(
  call: Call,
  revision: number,
  annotations: Record<string, string> | undefined,
): unknown {
  const metadata = { resourceVersion: String(revision), ...(annotations && { annotations }) };
  const { as } = formOf(call);
  if (as === 'Table') return tableOf(call.kind, [], metadata, tableOptions(call, false));
  if (as !== '') return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
  return { kind: call.kind.kind, apiVersion: apiVersionOf(call.kind), metadata };
}

import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { ApiError } from '../../../lib/kube/api-error.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { reflect } from '../../../lib/kube/reflector.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { KubeObject } from '../../../lib/kube/types.ts';
import { silentLog } from '../../../lib/log.ts';
import { waitFor } from '../../../lib/wait.ts';

type Answer = (signal?: AbortSignal) => Promise<unknown>;

/** A client whose lists and watches are scripted: each call takes the next answer, the last one stays. */
function scripted(lists: Answer[], watches: Answer[]) {
  const calls: string[] = [];
  const next = (answers: Answer[]) => (answers.length > 1 ? answers.shift() : answers[0]) as Answer;
  const client = {
    list: (_: unknown, options: { continue?: string }) => {
      calls.push(`list ${options.continue ?? ''}`.trim());
      return next(lists)();
    },
    watch: (_: unknown, options: { resourceVersion?: string; signal: AbortSignal }) => {
      calls.push(`watch ${options.resourceVersion}`);
      return next(watches)(options.signal);
    },
  } as unknown as Client;
  return { client, calls };
}

const object = (name: string, resourceVersion: string): KubeObject => ({
  metadata: { name, resourceVersion },
});

const list = (resourceVersion: string, items: KubeObject[], more?: string): Answer => {
  return async () => ({ metadata: { resourceVersion, ...(more && { continue: more }) }, items });
};

const refuse = (code: number): Answer => {
  return () => Promise.reject(new ApiError(code, { code, message: 'refused' }));
};

/** A watch that sends these events; it then ends, breaks or stays open. */
function watch(events: object[], end: 'ends' | 'breaks' | 'stays'): Answer {
  return async (signal) => {
    const stream = new PassThrough();
    signal?.addEventListener('abort', () => stream.destroy(new Error('aborted')));
    for (const event of events) stream.write(`${JSON.stringify(event)}\n`);
    if (end === 'ends') stream.end();
    if (end === 'breaks') setImmediate(() => stream.destroy(new Error('connection reset')));
    return stream as unknown as IncomingMessage;
  };
}

function start(client: Client) {
  const seen: string[] = [];
  const controller = new AbortController();
  const reflector = reflect<KubeObject, string>({
    client,
    resource: resources.services,
    project: ({ metadata }) => metadata?.name ?? '',
    onList: (names) => seen.push(`[${names.join(' ')}]`),
    onEvent: (type, name) => seen.push(`${type} ${name}`),
    log: silentLog,
    signal: controller.signal,
    backoffMs: () => 1,
  });
  const stop = async () => {
    controller.abort();
    await reflector.done.catch(() => {});
  };
  return { seen, stop, reflector };
}

const until = (what: string, condition: () => boolean) =>
  waitFor(condition, { what, timeoutMs: 2000, intervalMs: 1 });
const added = (name: string, version: string) => ({ type: 'ADDED', object: object(name, version) });

describe('reflector', () => {
  it('lists page by page, then watches from the resource version of the list', async () => {
    const { client, calls } = scripted(
      [list('7', [object('a', '1')], 'next'), list('7', [object('b', '2')])],
      [watch([added('c', '8')], 'stays')],
    );
    const { seen, stop, reflector } = start(client);
    await reflector.synced;
    await until('the event', () => seen.length === 2);
    await stop();
    expect(seen).to.deep.equal(['[a b]', 'ADDED c']);
    expect(calls).to.deep.equal(['list', 'list next', 'watch 7']);
  });

  it('goes on from the last event or bookmark when a watch ends or breaks', async () => {
    const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '11' } } };
    const { client, calls } = scripted(
      [list('7', [])],
      [watch([added('a', '9')], 'ends'), watch([bookmark], 'breaks'), watch([], 'stays')],
    );
    const { stop } = start(client);
    await until('a third watch', () => calls.length === 4);
    await stop();
    expect(calls).to.deep.equal(['list', 'watch 7', 'watch 9', 'watch 11']);
  });

  it('lists again when the resource version is gone, be it by code or by an ERROR event', async () => {
    const gone = {
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' },
    };
    const { client, calls } = scripted(
      [list('7', []), list('20', []), list('30', [object('z', '30')])],
      [refuse(410), watch([gone], 'ends'), watch([], 'stays')],
    );
    const { seen, stop } = start(client);
    await until('a third watch', () => calls.length === 6);
    await stop();
    expect(calls).to.deep.equal(['list', 'watch 7', 'list', 'watch 20', 'list', 'watch 30']);
    expect(seen).to.deep.equal(['[]', '[]', '[z]']);
  });

  it('keeps trying while the API server is away, and infers no deletion', async () => {
    const away: Answer = () => Promise.reject(new Error('ECONNREFUSED'));
    const { client, calls } = scripted(
      [away, away, list('7', [object('a', '1')])],
      [away, away, watch([], 'stays')],
    );
    const { seen, stop } = start(client);
    await until('a third watch', () => calls.filter((call) => call === 'watch 7').length === 3);
    await stop();
    expect(seen).to.deep.equal(['[a]']);
  });

  it('ends with the fault of a handler instead of hiding it', async () => {
    const { client } = scripted([list('7', [])], [watch([], 'stays')]);
    const reflector = reflect<KubeObject, KubeObject>({
      client,
      resource: resources.services,
      project: (item) => item,
      onList: () => {
        throw new Error('a bug of ours');
      },
      onEvent: () => {},
      log: silentLog,
      signal: new AbortController().signal,
    });
    expect(await reflector.done.catch((error: Error) => error.message)).to.equal('a bug of ours');
  });
});

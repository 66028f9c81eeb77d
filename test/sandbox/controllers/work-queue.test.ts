import { expect } from 'chai';
import { ApiError } from '../../../lib/kube/api-error.ts';
import { silentLog } from '../../../lib/log.ts';
import { waitFor } from '../../../lib/wait.ts';
import { createWorkQueue } from '../../../sandbox/controllers/work-queue.ts';

describe('the work queue', () => {
  let stop: AbortController;
  beforeEach(() => {
    stop = new AbortController();
  });
  afterEach(() => stop.abort());

  /** A task that records calls and ends when told to. */
  function controlled() {
    const running: { key: string; finish: () => void }[] = [];
    const calls: string[] = [];
    const reconcile = (key: string) =>
      new Promise<undefined>((resolve) => {
        calls.push(key);
        running.push({ key, finish: () => resolve(undefined) });
      });
    return { running, calls, reconcile };
  }

  it('does nothing before it is started, and then looks once at a key added many times', async () => {
    const calls: string[] = [];
    const queue = createWorkQueue({
      reconcile: async (key) => {
        calls.push(key);
        return undefined;
      },
      log: silentLog,
      signal: stop.signal,
    });
    for (let i = 0; i < 5; i++) queue.add('a');
    expect(calls).to.be.empty;
    queue.start();
    await queue.idle();
    expect(calls).to.deep.equal(['a']);
  });

  it('never works on one key twice at a time, and looks again at what was added meanwhile', async () => {
    const { running, calls, reconcile } = controlled();
    const queue = createWorkQueue({ reconcile, log: silentLog, signal: stop.signal });
    queue.start();
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(calls).to.deep.equal(['a', 'b']);
    queue.add('a');
    expect(calls).to.deep.equal(['a', 'b']);
    running[0]?.finish();
    await waitFor(() => calls.length === 3, { what: 'the second look', timeoutMs: 1000, intervalMs: 1 });
    expect(calls).to.deep.equal(['a', 'b', 'a']);
    for (const { finish } of running) finish();
    await queue.idle();
  });

  it('keeps to its number of workers', async () => {
    const { running, calls, reconcile } = controlled();
    const queue = createWorkQueue({ reconcile, workers: 2, log: silentLog, signal: stop.signal });
    queue.start();
    for (const key of ['a', 'b', 'c']) queue.add(key);
    expect(calls).to.deep.equal(['a', 'b']);
    running[1]?.finish();
    await waitFor(() => calls.length === 3, { what: 'the third key', timeoutMs: 1000, intervalMs: 1 });
    for (const { finish } of running) finish();
    await queue.idle();
  });

  it('tries again what failed, with growing delays that a success ends', async () => {
    const delays: number[] = [];
    let failuresLeft = 3;
    const queue = createWorkQueue({
      reconcile: async () => {
        if (failuresLeft-- > 0) throw new Error('not yet');
        return undefined;
      },
      log: silentLog,
      signal: stop.signal,
      backoffMs: (failures) => {
        delays.push(failures);
        return 1;
      },
    });
    queue.start();
    queue.add('a');
    await waitFor(() => failuresLeft < 0, { what: 'success', timeoutMs: 1000, intervalMs: 1 });
    expect(delays).to.deep.equal([1, 2, 3]);
  });

  it('does not try again in a namespace that is being deleted', async () => {
    let looks = 0;
    const causes = [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }];
    const queue = createWorkQueue({
      reconcile: async () => {
        looks++;
        throw new ApiError(403, { details: { causes } });
      },
      log: silentLog,
      signal: stop.signal,
      backoffMs: () => 0,
    });
    queue.start();
    queue.add('a');
    queue.addAfter('b', 1);
    await waitFor(() => looks === 2, { what: 'both keys', timeoutMs: 1000, intervalMs: 1 });
    await queue.idle();
    expect(looks).to.equal(2);
  });

  it('comes back after the time that a look asks for', async () => {
    let looks = 0;
    const queue = createWorkQueue({
      reconcile: async () => (++looks < 3 ? { afterMs: 1 } : undefined),
      log: silentLog,
      signal: stop.signal,
    });
    queue.start();
    queue.add('a');
    await waitFor(() => looks === 3, { what: 'three looks', timeoutMs: 1000, intervalMs: 1 });
  });

  it('starts nothing after the end', async () => {
    const { calls, reconcile } = controlled();
    const queue = createWorkQueue({ reconcile, log: silentLog, signal: stop.signal });
    queue.start();
    stop.abort();
    queue.add('a');
    queue.addAfter('b', 0);
    await queue.idle();
    expect(calls).to.be.empty;
  });
});

import { expect } from 'chai';
import type { StoredObject } from '../../../../sandbox/apiserver/kinds/kind.ts';
import type { Change, Disk } from '../../../../sandbox/apiserver/store/disk.ts';
import type { StoreEvent } from '../../../../sandbox/apiserver/store/history.ts';
import { openStore } from '../../../../sandbox/apiserver/store/store.ts';

/** A disk in memory whose writes can be made to wait and to fail. */
function memoryDisk() {
  const kept = new Map<string, StoredObject>();
  const commits: (readonly Change[])[] = [];
  let gate: Promise<void> = Promise.resolve();
  let fault: Error | undefined;
  const disk: Disk = {
    load: () => {
      const objects = [...kept].map(([path, object]) => {
        const [plural = '', key = ''] = path.split('!');
        return { plural, key, object };
      });
      return Promise.resolve({ objects, revision: 0 });
    },
    async commit(changes) {
      await gate;
      if (fault) throw fault;
      commits.push(changes);
      for (const { plural, key, object } of changes) {
        if (object) kept.set(`${plural}!${key}`, structuredClone(object));
        else kept.delete(`${plural}!${key}`);
      }
    },
    close: () => Promise.resolve(),
  };
  return {
    disk,
    kept,
    commits,
    /** Holds writes back until the returned function is called. */
    hold(): () => void {
      let open: () => void = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return open;
    },
    fail(error: Error | undefined): void {
      fault = error;
    },
  };
}

const object = (name: string, value = ''): StoredObject => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default', uid: name, resourceVersion: '', creationTimestamp: '' },
  data: { value },
});

describe('the store', () => {
  it('shows a change to nobody before it is on disk', async () => {
    const { disk, hold } = memoryDisk();
    const store = await openStore(disk);
    const open = hold();
    const seen: StoreEvent[] = [];
    store.subscribe('configmaps', store.revision, (event) => seen.push(event));
    const write = store.write((transaction) => transaction.put('configmaps', object('a')));
    await new Promise(setImmediate);
    expect(store.get('configmaps', 'default', 'a')).to.equal(undefined);
    expect(seen).to.have.length(0);
    open();
    await write;
    expect(store.get('configmaps', 'default', 'a')?.metadata.resourceVersion).to.equal(
      String(store.revision),
    );
    expect(seen.map(({ type }) => type)).to.deep.equal(['ADDED']);
  });

  it('writes what waits together as one, in order, and lets each see the ones before it', async () => {
    const { disk, hold, commits } = memoryDisk();
    const store = await openStore(disk);
    const open = hold();
    const first = store.write((transaction) => transaction.put('configmaps', object('first')));
    await new Promise(setImmediate);
    const counts = [1, 2, 3].map((n) =>
      store.write((transaction) => {
        transaction.put('configmaps', object(`n${n}`));
        return transaction.find('configmaps', 'default').length;
      }),
    );
    open();
    await first;
    expect(await Promise.all(counts)).to.deep.equal([2, 3, 4]);
    expect(commits.map(({ length }) => length)).to.deep.equal([1, 3]);
  });

  it('keeps nothing of a change that throws, and all of its neighbours', async () => {
    const store = await openStore(memoryDisk().disk);
    const [good, bad, other] = await Promise.allSettled([
      store.write((transaction) => transaction.put('configmaps', object('good'))),
      store.write((transaction) => {
        transaction.put('configmaps', object('bad'));
        throw new Error('refused');
      }),
      store.write((transaction) => transaction.put('configmaps', object('other'))),
    ]);
    expect([good, bad, other].map(({ status }) => status)).to.deep.equal([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(store.all('configmaps').map(({ metadata }) => metadata.name)).to.deep.equal(['good', 'other']);
  });

  it('keeps nothing of a dry run', async () => {
    const { disk, commits } = memoryDisk();
    const store = await openStore(disk);
    await store.write((transaction) => transaction.put('configmaps', object('a')), { dryRun: true });
    expect(store.all('configmaps')).to.deep.equal([]);
    expect(commits).to.deep.equal([]);
  });

  it('goes on reading and recovers when the disk refuses a write', async () => {
    const { disk, fail, kept } = memoryDisk();
    const store = await openStore(disk);
    await store.write((transaction) => transaction.put('configmaps', object('a', 'old')));
    const { revision } = store;
    fail(new Error('no space left on device'));
    const failed = await store
      .write((transaction) => transaction.put('configmaps', object('a', 'new')))
      .catch(String);
    expect(failed).to.equal('Error: no space left on device');
    expect(store.get('configmaps', 'default', 'a')?.['data']).to.deep.equal({ value: 'old' });
    expect(store.revision).to.equal(revision);
    // What a failed write may have left behind all the same is put right by the next one.
    kept.set('configmaps!default/a', object('a', 'new'));
    fail(undefined);
    await store.write((transaction) => transaction.put('configmaps', object('b')));
    expect(kept.get('configmaps!default/a')?.['data']).to.deep.equal({ value: 'old' });
  });

  it('shows earlier states as long as it remembers the way back', async () => {
    const store = await openStore(memoryDisk().disk);
    await store.write((transaction) => transaction.put('configmaps', object('a', '1')));
    const then = store.revision;
    await store.write((transaction) => transaction.put('configmaps', object('a', '2')));
    await store.write((transaction) => transaction.put('configmaps', object('b')));
    await store.write((transaction) => transaction.remove('configmaps', object('a')));
    const names = (revision: number) =>
      store.allAt('configmaps', revision)?.map((entry) => [entry.metadata.name, entry['data']]);
    expect(names(then)).to.deep.equal([['a', { value: '1' }]]);
    expect(names(store.revision)).to.deep.equal([['b', { value: '' }]]);
    expect(store.allAt('configmaps', 0)).to.equal(undefined);
  });

  it('forgets events that are five minutes old', async () => {
    let now = 0;
    const store = await openStore(memoryDisk().disk, () => now);
    const start = store.revision;
    await store.write((transaction) => transaction.put('configmaps', object('a')));
    const later = store.revision;
    now = 7 * 60_000;
    await store.write((transaction) => transaction.put('configmaps', object('b')));
    expect(store.subscribe('configmaps', start, () => {})).to.equal(undefined);
    expect(store.subscribe('configmaps', later, () => {})?.past).to.have.length(1);
  });
});

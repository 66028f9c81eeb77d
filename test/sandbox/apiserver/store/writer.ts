/**
 * Writes objects to a store for ever and prints `name revision` of each once it is acknowledged: to be killed. With a second
 * argument, a file's path, it fills the disk up with that file, frees it again, and prints what it saw as JSON.
 */
import { rmSync, writeFileSync } from 'node:fs';
import type { StoredObject } from '../../../../sandbox/apiserver/kinds/kind.ts';
import { openDisk } from '../../../../sandbox/apiserver/store/disk.ts';
import { openStore, type Store } from '../../../../sandbox/apiserver/store/store.ts';

const [folder = '', ballast] = process.argv.slice(2);

const object = (name: string): StoredObject => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name, uid: name, resourceVersion: '', creationTimestamp: '' },
  data: { value: name.repeat(2000) },
});

function save(store: Store, name: string): Promise<StoredObject> {
  return store.write((transaction) => {
    const fresh = object(name);
    transaction.put('configmaps', fresh);
    return fresh;
  });
}

async function writeForEver(): Promise<void> {
  const store = await openStore(await openDisk(folder));
  for (let i = 0; ; i += 4) {
    const saved = await Promise.all([0, 1, 2, 3].map((n) => save(store, `o${i + n}`)));
    for (const { metadata } of saved) process.stdout.write(`${metadata.name} ${metadata.resourceVersion}\n`);
  }
}

async function fillUp(file: string): Promise<void> {
  let store = await openStore(await openDisk(folder));
  const kept: string[] = [];
  let failed = false;
  const attempt = async (name: string) => {
    await save(store, name).then(
      () => kept.push(name),
      () => {
        failed = true;
      },
    );
  };
  await attempt('first');
  fill(file);
  for (let i = 0; i < 40; i++) await attempt(`full${i}`);
  const readable = store.get('configmaps', undefined, 'first') !== undefined;
  rmSync(file);
  await attempt('after');
  const recovered = kept.includes('after');
  await store.close();
  store = await openStore(await openDisk(folder));
  const found = store.all('configmaps').map(({ metadata }) => metadata.name);
  const lost = kept.filter((name) => !found.includes(name));
  const torn = found.filter((name) => !kept.includes(name));
  await store.close();
  process.stdout.write(JSON.stringify({ failed, readable, recovered, lost, torn }));
}

/** Leaves no byte of the disk free. */
function fill(file: string): void {
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Full for this size; smaller pieces may still fit.
    }
  }
}

await (ballast === undefined ? writeForEver() : fillUp(ballast));

import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { createOwnerGraph, judge, type OwnerState } from '../../../../sandbox/controllers/garbage/graph.ts';
import type { Pod } from '../../../../sandbox/controllers/objects.ts';
import { pod } from '../build.ts';

const owner = (uid: string) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: uid, uid });
const owned = (name: string, ...owners: string[]): Pod =>
  pod({ name, metadata: { ownerReferences: owners.map(owner) } });

describe('the garbage collector’s verdict', () => {
  const cases: [string, Pod, Record<string, OwnerState>, boolean, object][] = [
    ['no owners: nothing', pod(), {}, false, { kind: 'none' }],
    ['a living owner: nothing', owned('a', 'x'), { x: 'alive' }, false, { kind: 'none' }],
    [
      'all owners gone: deleted',
      owned('a', 'x', 'y'),
      { x: 'gone', y: 'gone' },
      false,
      { kind: 'delete', policy: 'Background' },
    ],
    [
      'one of two gone: reference dropped',
      owned('a', 'x', 'y'),
      { x: 'gone', y: 'alive' },
      false,
      { kind: 'disown', uids: ['x'] },
    ],
    [
      'the owner waits: deleted',
      owned('a', 'x'),
      { x: 'waiting' },
      false,
      { kind: 'delete', policy: 'Background' },
    ],
    [
      'the owner waits and there are dependents: in the foreground too',
      owned('a', 'x'),
      { x: 'waiting' },
      true,
      { kind: 'delete', policy: 'Foreground' },
    ],
  ];
  for (const [title, object, states, hasDependents, expected] of cases) {
    it(title, () =>
      expect(judge(object, ({ uid }) => states[uid] ?? 'alive', hasDependents)).to.deep.equal(expected),
    );
  }

  it('an object that is being deleted already is left alone', () => {
    const ending = pod({
      deleting: true,
      metadata: { ownerReferences: [owner('x')], deletionTimestamp: 'now' },
    });
    expect(judge(ending, () => 'gone', false)).to.deep.equal({ kind: 'none' });
  });
});

describe('the graph of owners', () => {
  it('follows objects that come, change owners and go', () => {
    const graph = createOwnerGraph();
    const names = (uid: string) => graph.dependentsOf(uid).map(({ object }) => object.metadata?.name);
    graph.put({ resource: resources.pods, object: owned('a', 'x') });
    graph.put({ resource: resources.pods, object: owned('b', 'x', 'y') });
    expect(names('x')).to.deep.equal(['a', 'b']);
    graph.put({ resource: resources.pods, object: owned('b', 'y') });
    expect([names('x'), names('y')]).to.deep.equal([['a'], ['b']]);
    graph.remove('uid-a');
    expect(names('x')).to.deep.equal([]);
    expect(graph.get('uid-a')).to.equal(undefined);
  });
});

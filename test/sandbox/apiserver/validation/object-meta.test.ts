import { expect } from 'chai';
import type { ObjectMeta } from '../../../../sandbox/apiserver/kinds/kind.ts';
import { validateObjectMetaUpdate } from '../../../../sandbox/apiserver/validation/object-meta.ts';

describe('changes of metadata', () => {
  const old: ObjectMeta = {
    name: 'web',
    namespace: 'default',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    finalizers: ['a/b'],
  };
  const deleted = { ...old, deletionTimestamp: '2026-01-02T00:00:00Z' };

  const changes: [title: string, meta: Partial<ObjectMeta>, before: ObjectMeta, errors: string[]][] = [
    ['labels may change', { labels: { a: 'b' } }, old, []],
    ['finalizers may be added', { finalizers: ['a/b', 'c/d'] }, old, []],
    ['finalizers may be taken away from a deleted object', { finalizers: [] }, deleted, []],
    [
      'finalizers may not be added to a deleted object',
      { finalizers: ['a/b', 'c/d'] },
      deleted,
      [
        'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"c/d"}',
      ],
    ],
    ['the name stays', { name: 'x' }, old, ['metadata.name: Invalid value: "x": field is immutable']],
    ['the uid stays', { uid: 'x' }, old, ['metadata.uid: Invalid value: "x": field is immutable']],
    [
      'a version is needed',
      { resourceVersion: '' },
      old,
      ['metadata.resourceVersion: Invalid value: "": must be specified for an update'],
    ],
    [
      'finalizers without a prefix are Kubernetes’ own',
      { finalizers: ['mine'] },
      old,
      [
        'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
  ];
  for (const [title, meta, before, errors] of changes) {
    it(title, () => {
      const found = validateObjectMetaUpdate({ ...before, ...meta }, before);
      expect(found.map(({ field, message }) => `${field}: ${message}`)).to.deep.equal(errors);
    });
  }
});

import { expect } from 'chai';
import { lastApplied, withLastApplied } from '../../../../lib/kube/apply/last-applied.ts';
import { threeWayPatch } from '../../../../lib/kube/apply/three-way-patch.ts';
import type { KubeObject } from '../../../../lib/kube/types.ts';

describe('the patch that apply sends', () => {
  const cases = [
    {
      what: 'says what is wanted',
      last: {},
      wanted: { spec: { type: 'NodePort' } },
      patch: { spec: { type: 'NodePort' } },
    },
    {
      what: 'takes away what was applied and is no longer wanted, and nothing else',
      last: { spec: { sessionAffinity: 'ClientIP', type: 'ClusterIP' } },
      wanted: { spec: { type: 'ClusterIP' } },
      patch: { spec: { type: 'ClusterIP', sessionAffinity: null } },
    },
    {
      what: 'deletes items of merged lists by their key',
      last: { spec: { ports: [{ port: 80, name: 'http' }, { port: 443 }] } },
      wanted: { spec: { ports: [{ port: 80 }] } },
      patch: {
        spec: {
          ports: [
            { port: 80, name: null },
            { port: 443, $patch: 'delete' },
          ],
        },
      },
    },
    {
      what: 'knows the ports of containers from those of Services',
      last: { containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] },
      wanted: { containers: [{ name: 'a', ports: [{ containerPort: 81 }] }] },
      patch: {
        containers: [{ name: 'a', ports: [{ containerPort: 81 }, { containerPort: 80, $patch: 'delete' }] }],
      },
    },
    {
      what: 'replaces lists that have no key as a whole',
      last: { args: ['a', 'b'] },
      wanted: { args: ['b'] },
      patch: { args: ['b'] },
    },
    {
      what: 'stands in for an object that nothing was applied to',
      last: undefined,
      wanted: { spec: { a: 1 } },
      patch: { spec: { a: 1 } },
    },
  ];
  for (const { what, last, wanted, patch } of cases) {
    it(what, () => expect(threeWayPatch(last, wanted)).to.deep.equal(patch));
  }
});

describe('the annotation of kubectl apply', () => {
  const object: KubeObject = {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { namespace: 'default', name: 'x' },
  };
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';

  it('is byte for byte what kubectl writes', () => {
    const text = withLastApplied(object).metadata?.annotations?.[annotation];
    expect(text).to.equal(
      '{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{},"name":"x","namespace":"default"}}\n',
    );
  });

  it('does not hold itself when applied again, and keeps others', () => {
    const noted = { ...object, metadata: { ...object.metadata, annotations: { a: 'b' } } };
    const once = withLastApplied(noted);
    expect(withLastApplied(once)).to.deep.equal(once);
    expect(once.metadata?.annotations?.['a']).to.equal('b');
  });

  it('is nothing on an object made in another way', () => {
    expect(lastApplied(object)).to.deep.equal({});
    expect(lastApplied(withLastApplied(object))).to.have.nested.property('metadata.name', 'x');
  });
});

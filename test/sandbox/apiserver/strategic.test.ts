import { expect } from 'chai';
import fc from 'fast-check';
import { mergePatch } from '../../../sandbox/apiserver/patch/merge.ts';
import { PatchMismatch, strategicPatch } from '../../../sandbox/apiserver/patch/strategic.ts';
import type { Schema } from '../../../sandbox/apiserver/schema/schema.ts';
import { testSchema } from './start-api.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));
const pod = (containers: unknown[], more: object = {}) => ({ spec: { containers, ...more } });

const cases: { it: string; from: unknown; patch: unknown; to: unknown; type?: string }[] = [
  {
    it: 'merges items by their key and adds new ones at the end',
    from: pod([{ name: 'a', image: 'x', tty: true }, ...named('b')]),
    patch: pod([{ name: 'c' }, { name: 'a', image: 'y' }]),
    to: pod([{ name: 'a', image: 'y', tty: true }, ...named('b', 'c')]),
  },
  {
    it: 'removes an item by $patch: delete',
    from: pod(named('a', 'b')),
    patch: pod([{ name: 'a', $patch: 'delete' }]),
    to: pod(named('b')),
  },
  {
    it: 'replaces a list by an item $patch: replace',
    from: pod(named('a', 'b')),
    patch: pod([{ $patch: 'replace' }, { name: 'z' }]),
    to: pod(named('z')),
  },
  {
    it: 'orders by $setElementOrder, with the server’s own items where they were',
    from: pod(named('sidecar', 'a', 'b')),
    patch: { spec: { '$setElementOrder/containers': named('b', 'a', 'c'), containers: named('c') } },
    to: pod(named('sidecar', 'b', 'a', 'c')),
  },
  {
    it: 'replaces a list that has no merge key',
    from: pod([{ name: 'a', args: ['1', '2'] }]),
    patch: pod([{ name: 'a', args: ['3'] }]),
    to: pod([{ name: 'a', args: ['3'] }]),
  },
  {
    it: 'unites lists of plain values that merge',
    from: { metadata: { finalizers: ['a', 'b'] } },
    patch: { metadata: { finalizers: ['b', 'c'] } },
    to: { metadata: { finalizers: ['a', 'b', 'c'] } },
  },
  {
    it: 'takes plain values out by $deleteFromPrimitiveList',
    from: { metadata: { finalizers: ['a', 'b'] } },
    patch: { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
    to: { metadata: { finalizers: ['b'] } },
  },
  {
    it: 'keeps only $retainKeys',
    from: { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } },
    patch: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
    to: { spec: { strategy: { type: 'Recreate' } } },
    type: 'ref:V1Deployment',
  },
  {
    it: 'replaces an object by $patch: replace',
    from: { metadata: { labels: { a: '1', b: '2' } } },
    patch: { metadata: { labels: { $patch: 'replace', c: '3' } } },
    to: { metadata: { labels: { c: '3' } } },
  },
  {
    it: 'removes by null, also inside what is new',
    from: { metadata: { labels: { a: '1', b: '2' } } },
    patch: { metadata: { labels: { a: null }, annotations: { x: null, y: '1' } } },
    to: { metadata: { labels: { b: '2' }, annotations: { y: '1' } } },
  },
  {
    it: 'finds the ports of a Service by their number',
    from: { spec: { ports: [{ port: 80, nodePort: 30000 }] } },
    patch: { spec: { ports: [{ port: 80, targetPort: 8080 }, { port: 81 }] } },
    to: { spec: { ports: [{ port: 80, nodePort: 30000, targetPort: 8080 }, { port: 81 }] } },
    type: 'ref:V1Service',
  },
];

describe('a strategic merge patch', () => {
  let schema: Schema;
  before(async () => {
    schema = await testSchema();
  });

  for (const { it: title, from, patch, to, type = 'ref:V1Pod' } of cases) {
    it(title, () => {
      const before = structuredClone(from);
      expect(strategicPatch(schema, type, from, patch)).to.deep.equal(to);
      expect(from, 'the original stays').to.deep.equal(before);
    });
  }

  for (const [patch, message] of [
    [pod([{ image: 'x' }]), 'map: map[image:x] does not contain declared merge key: name'],
    [
      pod([{ name: 'b', image: 'x', $patch: 'frob' }]),
      'unknown patch type: frob in map: map[$patch:frob image:x name:b]',
    ],
  ] as const) {
    it(`is refused: ${message}`, () => {
      expect(() => strategicPatch(schema, 'ref:V1Pod', pod([]), patch)).to.throw(message);
    });
  }

  it('is refused when a list is no list', () => {
    const patch = { spec: { containers: 'x' } };
    expect(() => strategicPatch(schema, 'ref:V1Pod', {}, patch)).to.throw(
      PatchMismatch,
      'cannot restore slice from string',
    );
  });
});

describe('a merge patch', () => {
  it('does what RFC 7386 shows', () => {
    const rows: [unknown, unknown, unknown][] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
      [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{ a: 'foo' }, null, null],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ];
    for (const [target, patch, result] of rows) expect(mergePatch(target, patch)).to.deep.equal(result);
  });

  it('twice is the same as once', () => {
    const json = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).to.deep.equal(once);
      }),
      { numRuns: 200 },
    );
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { nodeRecord, serviceRecord, sliceRecord } from '../../../../proxy/model/from-kube.ts';
import { unitsOf } from '../../../../proxy/model/resolve.ts';
import { Store } from '../../../../proxy/model/store.ts';
import type { Unit } from '../../../../proxy/model/unit.ts';
import { node, service, slice } from '../../objects.ts';
import { KernelModel } from './kernel-model.ts';

/** One thing that may happen to the cluster, over few names so that they meet often. */
const event = fc.oneof(
  fc.record({
    kind: fc.constant('service' as const),
    name: fc.constantFrom('a', 'b', 'c'),
    ports: fc.subarray([80, 81, 82]),
    type: fc.constantFrom('ClusterIP', 'NodePort', 'ExternalName'),
    local: fc.boolean(),
    internalLocal: fc.boolean(),
    sticky: fc.constantFrom(0, 0, 10, 10_800),
    externalIP: fc.constantFrom('', '', '10.9.9.9'),
    udp: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('delete' as const), name: fc.constantFrom('a', 'b', 'c') }),
  fc.record({
    kind: fc.constant('slice' as const),
    slice: fc.constantFrom('s1', 's2', 's3'),
    of: fc.constantFrom('a', 'b', 'c', 'd'),
    endpoints: fc.uniqueArray(
      fc.record({
        ip: fc.integer({ min: 1, max: 6 }).map((n) => `172.16.1.${n}`),
        node: fc.constantFrom('n1', 'n2', undefined),
        state: fc.constantFrom('ready', 'ready', 'terminating', 'gone'),
        zone: fc.constantFrom('z1', 'z2', undefined),
      }),
      { maxLength: 6, selector: ({ ip }) => ip },
    ),
    port: fc.constantFrom(8080, 9090),
  }),
  fc.record({ kind: fc.constant('deleteSlice' as const), slice: fc.constantFrom('s1', 's2', 's3') }),
  fc.record({ kind: fc.constant('node' as const), zone: fc.constantFrom('z1', 'z2', '') }),
);

type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const vips: Readonly<Record<string, string>> = { a: '172.17.0.1', b: '172.17.0.2', c: '172.17.0.3' };

function happen(store: Store, given: Event): void {
  if (given.kind === 'service') store.setService(`default/${given.name}`, serviceRecord(serviceOf(given)));
  if (given.kind === 'delete') store.setService(`default/${given.name}`, undefined);
  if (given.kind === 'deleteSlice') store.setSlice(`default/${given.slice}`, undefined);
  if (given.kind === 'node') store.setNode(ownNode(given.zone));
  if (given.kind !== 'slice') return;
  const endpoints = given.endpoints.map(({ ip, node: where, state, zone }) => ({
    ip,
    ready: state === 'ready',
    serving: state !== 'gone',
    terminating: state !== 'ready',
    ...(where !== undefined && { node: where }),
    ...(zone !== undefined && { zones: [zone] }),
  }));
  const ports = [80, 81, 82].map((port) => ({ name: `p${port}`, port: given.port }));
  const udp = ports.map((port) => ({ ...port, protocol: 'UDP' }));
  const object = slice({ name: given.slice, service: given.of, ports: [...ports, ...udp], endpoints });
  store.setSlice(`default/${given.slice}`, sliceRecord(object as never));
}

function serviceOf(given: Extract<Event, { kind: 'service' }>) {
  return service({
    name: given.name,
    type: given.type,
    clusterIP: vips[given.name] ?? '',
    ports: given.ports.map((port) => ({
      name: `p${port}`,
      port,
      protocol: given.udp ? 'UDP' : 'TCP',
      ...(given.type === 'NodePort' && { nodePort: 30_000 + port + 100 * 'abc'.indexOf(given.name) }),
    })),
    ...(given.externalIP !== '' && { externalIPs: [given.externalIP] }),
    spec: {
      externalTrafficPolicy: given.local ? 'Local' : 'Cluster',
      internalTrafficPolicy: given.internalLocal ? 'Local' : 'Cluster',
      ...(given.sticky > 0 && {
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: given.sticky } },
      }),
    },
  });
}

function ownNode(zone: string) {
  return nodeRecord(node({ name: 'n1', addresses: ['192.168.56.11'], zone }) as never);
}

function allUnits(store: Store): Unit[] {
  return [...store.services()].flatMap(([key, record]) =>
    unitsOf(record, store.slicesOf(key), store.node, 'IPv4'),
  );
}

describe('the table after any events', () => {
  it('is what a naive reading of the cluster says, and the same as one made from nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.array(event, { maxLength: 4 }), { minLength: 1, maxLength: 12 }), (turns) => {
        const store = new Store('n1');
        store.setNode(ownNode('z1'));
        const kernel = new KernelModel();
        for (const events of turns) {
          for (const one of events) happen(store, one);
          const dirty = store.take();
          const keys = dirty.all ? undefined : dirty.services;
          kernel.sync(allUnits(store), keys);
          const naive = expected(allUnits(store));
          expect(kernel.answers(), JSON.stringify(turns)).to.eql(naive);
          const fresh = new KernelModel();
          fresh.sync(allUnits(store), undefined);
          expect(kernel.answers()).to.eql(fresh.answers());
        }
      }),
      { numRuns: 150, seed: 20_261_121 },
    );
  }).timeout(30_000);
});

/** What each door of each unit leads to, straight from the rules' words; of rivals the first by rank. */
function expected(units: readonly Unit[]): Record<string, string> {
  const found: Record<string, { rank: string; text: string }> = {};
  const say = (door: string, rank: string, text: string) => {
    const old = found[door];
    if (!old || rank < old.rank) found[door] = { rank, text };
  };
  for (const unit of units) {
    const proto = unit.protocol.toLowerCase();
    const names = (list: Unit['cluster']) =>
      list
        .map(({ address, port }) => `${address} . ${port}`)
        .sort()
        .join(',');
    const mode = unit.affinitySeconds === undefined ? '' : ` sticky ${unit.affinitySeconds}`;
    const words = { cluster: names(unit.cluster) + mode, local: names(unit.local) + mode };
    const inside =
      unit.internal === 'reject' || unit.internal === 'drop' ? unit.internal : words[unit.internal];
    say(`${unit.clusterIP} . ${proto} . ${unit.port}`, `0 ${unit.id}`, inside);
    const outside = {
      reject: 'reject',
      cluster: `${words.cluster} always`,
      local: `${words.cluster} fromNode, outside ${words.local}`,
      'local-drop': `${words.cluster} fromNode, outside drop`,
    }[unit.external];
    for (const ip of unit.externalIPs) say(`${ip} . ${proto} . ${unit.port}`, `2 ${unit.id}`, outside);
    if (unit.nodePort > 0) say(`${proto} . ${unit.nodePort}`, unit.id, outside);
  }
  return Object.fromEntries(Object.entries(found).map(([door, { text }]) => [door, text]));
}

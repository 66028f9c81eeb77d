import { expect } from 'chai';
import fc from 'fast-check';
import { claimsOf } from '../../../../proxy/backends/ipvs/claims.ts';
import { type Kernel, stepsFor } from '../../../../proxy/backends/ipvs/diff.ts';
import { drainSteps } from '../../../../proxy/backends/ipvs/drain.ts';
import { Marks } from '../../../../proxy/backends/ipvs/marks.ts';
import type { IpvsOptions, Place } from '../../../../proxy/backends/ipvs/options.ts';
import { Wanted } from '../../../../proxy/backends/ipvs/wanted.ts';
import type { Unit } from '../../../../proxy/model/unit.ts';
import { unitsFor } from '../../units.ts';
import { createKernelModel, type KernelModel } from './kernel-model.ts';

const options: IpvsOptions = {
  scheduler: 'rr',
  masqueradeAll: false,
  detector: { kind: 'cidr', cidrs: ['172.16.0.0/16'] },
  nodePortCidrs: 'primary',
};
const place: Place = {
  family: 'IPv4',
  node: { name: 'n1', addresses: ['192.168.56.11'], podCIDRs: [], zone: '', leaving: false },
  ownAddresses: ['192.168.56.11'],
};

/** Something that happens to one of a few Services that want the same addresses. */
interface Event {
  readonly name: string;
  readonly gone: boolean;
  readonly endpoints: readonly number[];
  readonly policy: 'Cluster' | 'Local';
  readonly sticky: boolean;
  readonly udp: boolean;
  readonly ranges: boolean;
}

const event: fc.Arbitrary<Event> = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  gone: fc.boolean(),
  endpoints: fc.uniqueArray(fc.integer({ min: 2, max: 6 }), { maxLength: 4 }),
  policy: fc.constantFrom('Cluster', 'Local'),
  sticky: fc.boolean(),
  udp: fc.boolean(),
  ranges: fc.boolean(),
});

describe('virtual servers, written step by step', () => {
  it('end as if written at once, whatever came before; no step is one that the kernel refuses', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        const stepwise = createNode();
        for (const one of events) stepwise.change(one);
        stepwise.drained();
        const atOnce = createNode();
        const last = new Map(events.map((one) => [one.name, one]));
        for (const one of [...last.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) atOnce.change(one);
        expect(facts(stepwise.model)).to.deep.equal(facts(atOnce.model));
      }),
      { seed: 20261121, numRuns: 300 },
    );
  });

  it('keep an address as long as one of its virtual servers drains', () => {
    const node = createNode();
    const web = {
      name: 'a',
      gone: false,
      endpoints: [2],
      policy: 'Cluster',
      sticky: false,
      udp: false,
      ranges: false,
    } as const;
    node.change(web);
    node.change({ ...web, gone: true });
    expect([...node.model.addresses]).to.include('172.17.0.1/32');
    expect(node.model.servers.get('-t 172.17.0.1:80')?.reals.get('172.16.1.2:8080')).to.equal('-m -w 0');
    node.drained();
    expect(facts(node.model)).to.deep.equal(facts(createNode().model));
  });
});

function createNode() {
  const wanted = new Wanted();
  const marks = new Marks();
  const kernel: Kernel = { objects: new Map(), draining: new Map() };
  const model = createKernelModel();
  const known = new Map<string, readonly Unit[]>();
  return {
    model,
    change(one: Event) {
      const units = unitsOf(one);
      const delta = new Map();
      const ids = new Set(units.map(({ id }) => id));
      for (const { id } of known.get(one.name) ?? []) {
        if (ids.has(id)) continue;
        marks.release(id);
        for (const [key, object] of wanted.put(id, [])) delta.set(key, object);
      }
      for (const unit of units) {
        if (unit.external !== 'local') marks.release(unit.id);
        const mark = unit.external === 'local' ? marks.of(unit.id) : 0;
        for (const [key, object] of wanted.put(unit.id, claimsOf(unit, options, place, mark)))
          delta.set(key, object);
      }
      known.set(one.name, units);
      model.apply(stepsFor(delta, kernel, 'IPv4'));
    },
    /** As if the last connection of every real server that drains had ended. */
    drained() {
      const seen = new Map(
        [...kernel.draining].map(([id, server]) => [
          id,
          { ...server, connections: new Map<string, number>(), active: 0 },
        ]),
      );
      model.apply(drainSteps(kernel, seen, (id) => wanted.has(id), 'IPv4'));
    },
  };
}

function unitsOf(one: Event): Unit[] {
  if (one.gone) return [];
  const number = one.name.charCodeAt(0) - 96;
  return unitsFor({
    service: {
      name: one.name,
      type: 'LoadBalancer',
      clusterIP: `172.17.0.${number}`,
      ports: [{ port: 80, nodePort: 30_000 + number, protocol: one.udp ? 'UDP' : 'TCP' }],
      externalIPs: ['10.0.0.1'],
      ingress: [{ ip: '10.0.0.9' }],
      spec: {
        externalTrafficPolicy: one.policy,
        ...(one.sticky && { sessionAffinity: 'ClientIP' }),
        ...(one.ranges && { loadBalancerSourceRanges: ['10.0.0.0/8', '192.168.56.0/24'] }),
      },
    },
    endpoints: one.endpoints.map((n) => ({ ip: `172.16.1.${n}`, node: n < 5 ? 'n1' : 'n2' })),
    ports: [{ port: 8080, protocol: one.udp ? 'UDP' : 'TCP' }],
  });
}

/** Marks are numbers without a meaning of their own: the virtual servers behind them are compared in their place. */
function facts({ servers, sets, addresses }: KernelModel) {
  const text = (at: string) => {
    const server = servers.get(at);
    return server && [server.settings, ...[...server.reals].map(String).sort()].join(' ');
  };
  const elements = [...sets].flatMap(([name, set]) =>
    [...set].map(
      ([key, mark]) => `${name} ${key} ${mark === '' ? '' : text(`-f ${Number(mark.split(' ')[1])}`)}`,
    ),
  );
  const plain = [...servers.keys()].filter((at) => !at.startsWith('-f')).map((at) => `${at} ${text(at)}`);
  const marked = [...servers.keys()].filter((at) => at.startsWith('-f')).map((at) => text(at));
  return {
    elements: elements.sort(),
    servers: plain.sort(),
    marked: marked.sort(),
    addresses: [...addresses].sort(),
  };
}

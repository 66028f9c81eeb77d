import { expect } from 'chai';
import fc from 'fast-check';
import { desiredGroups } from '../../../../sandbox/controllers/endpointslice/desired.ts';
import { sliceLabels } from '../../../../sandbox/controllers/endpointslice/labels.ts';
import { planSlices } from '../../../../sandbox/controllers/endpointslice/plan.ts';
import { trackTriggerTimes } from '../../../../sandbox/controllers/endpointslice/trigger-time.ts';
import type { EndpointSlice, Node, Pod, Service } from '../../../../sandbox/controllers/objects.ts';
import { at, node, pod, service } from '../build.ts';

const zones: Record<string, Node> = {
  n1: node('n1', { labels: { 'topology.kubernetes.io/zone': 'a' } }),
  n2: node('n2', { labels: { 'topology.kubernetes.io/zone': 'b' } }),
};
const groups = (owner: Service, pods: Pod[]) =>
  desiredGroups({ service: owner, pods, node: (name) => zones[name] });
const endpoints = (owner: Service, pods: Pod[]) => groups(owner, pods).flatMap((group) => group.endpoints);

describe('the endpoints of a Service', () => {
  it('carry conditions, node, zone and the pod', () => {
    expect(endpoints(service(), [pod({ name: 'a', ip: '172.16.1.2', node: 'n1' })])).to.deep.equal([
      {
        addresses: ['172.16.1.2'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'n1',
        zone: 'a',
        targetRef: { kind: 'Pod', namespace: 'default', name: 'a', uid: 'uid-a' },
      },
    ]);
  });

  const ip = '172.16.1.2';
  const conditions: [string, Pod, Service['spec'], object | undefined][] = [
    [
      'a pod that is not ready',
      pod({ ip, ready: false }),
      {},
      { ready: false, serving: false, terminating: false },
    ],
    [
      'a terminating pod still serves',
      pod({ ip, deleting: true }),
      {},
      { ready: false, serving: true, terminating: true },
    ],
    [
      'publishNotReadyAddresses makes all ready',
      pod({ ip, ready: false, deleting: true }),
      { publishNotReadyAddresses: true },
      { ready: true, serving: false, terminating: true },
    ],
    ['a pod that ended is none', pod({ ip, phase: 'Succeeded' }), {}, undefined],
    ['a pod without an address is none', pod(), {}, undefined],
    ['a pod of the other family is none', pod({ ip: 'fd00::5' }), {}, undefined],
  ];
  for (const [title, one, spec, expected] of conditions) {
    it(title, () => expect(endpoints(service(spec), [one])[0]?.conditions).to.deep.equal(expected));
  }

  it('a named target port may have another number in another pod: then the pods are in different slices', () => {
    const named = (containerPort: number) => ({
      containers: [{ name: 'c', ports: [{ name: 'http', containerPort }] }],
    });
    const owner = service({ ports: [{ name: 'web', port: 80, targetPort: 'http' }] });
    const pods = [
      pod({ ip: '172.16.1.1', spec: named(8080) }),
      pod({ ip: '172.16.1.2', spec: named(9090) }),
      pod({ ip: '172.16.1.3', spec: named(8080) }),
    ];
    const found = groups(owner, pods).map(({ ports, endpoints: list }) => [ports[0]?.port, list.length]);
    expect(found).to.deep.equal([
      [8080, 2],
      [9090, 1],
    ]);
  });

  it('a hostname counts only below the Service that the pod names as its subdomain', () => {
    const spec = { hostname: 'db-0', containers: [] };
    const named = (subdomain: string) =>
      endpoints(service(), [pod({ ip, spec: { ...spec, subdomain } })])[0]?.hostname;
    expect(named('web')).to.equal('db-0');
    expect(named('other')).to.equal(undefined);
  });

  it('trafficDistribution adds hints for zone or node, to ready endpoints only', () => {
    const pods = [pod({ ip, node: 'n1' }), pod({ ip: '172.16.2.2', node: 'n2', ready: false })];
    const hints = (trafficDistribution: string) =>
      endpoints(service({ trafficDistribution }), pods).map((e) => e.hints);
    expect(hints('PreferClose')).to.deep.equal([{ forZones: [{ name: 'a' }] }, undefined]);
    expect(hints('PreferSameZone')).to.deep.equal([{ forZones: [{ name: 'a' }] }, undefined]);
    expect(hints('PreferSameNode')).to.deep.equal([
      { forZones: [{ name: 'a' }], forNodes: [{ name: 'n1' }] },
      undefined,
    ]);
  });
});

describe('the plan for slices', () => {
  const many = (count: number, from = 0) =>
    Array.from({ length: count }, (_, i) =>
      pod({ name: `p${from + i}`, ip: `172.16.${(from + i) >> 8}.${(from + i) & 255}` }),
    );
  let made = 0;
  /** What the API would hold after the plan. */
  function applied(existing: EndpointSlice[], owner: Service, pods: Pod[]): EndpointSlice[] {
    const plan = planSlices(groups(owner, pods), existing, ['IPv4']);
    const uids = new Set([...plan.update, ...plan.remove].map((slice) => slice.metadata?.uid));
    const created = plan.create.map((slice) => ({ ...slice, metadata: { uid: `slice-${++made}` } }));
    return [...existing.filter((slice) => !uids.has(slice.metadata?.uid)), ...plan.update, ...created];
  }

  it('without endpoints keeps one empty slice, and reuses it for the first endpoints', () => {
    const empty = applied([], service(), []);
    expect(empty.map(({ endpoints: list, ports }) => [list, ports])).to.deep.equal([[[], []]]);
    expect(applied(empty, service(), [])).to.deep.equal(empty);
    const [filled, ...more] = applied(empty, service(), many(1));
    expect(more).to.be.empty;
    expect(filled?.metadata?.uid).to.equal(empty[0]?.metadata?.uid);
    expect(filled?.ports?.[0]?.port).to.equal(80);
  });

  it('holds every endpoint exactly once, at most 100 to a slice, over any history', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(250), fc.nat(300)), { maxLength: 5 }), (history) => {
        let slices: EndpointSlice[] = [];
        for (const [count, from] of history) {
          slices = applied(slices, service(), many(count, from));
          const all = slices.flatMap((slice) =>
            (slice.endpoints ?? []).flatMap(({ addresses }) => addresses),
          );
          expect(new Set(all).size).to.equal(all.length);
          expect(all.length).to.equal(count);
          expect(slices.every((slice) => (slice.endpoints ?? []).length <= 100)).to.equal(true);
          expect(slices.filter((slice) => (slice.endpoints ?? []).length === 0)).to.have.length(
            count === 0 ? 1 : 0,
          );
          const again = planSlices(groups(service(), many(count, from)), slices, ['IPv4']);
          expect([again.create, again.update, again.remove]).to.deep.equal([[], [], []]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('touches only the slice of the endpoint that changed', () => {
    const slices = applied([], service(), many(250));
    const changed = many(250).map((one, i) =>
      i === 120 ? pod({ name: 'p120', ip: '172.16.0.120', ready: false }) : one,
    );
    const plan = planSlices(groups(service(), changed), slices, ['IPv4']);
    expect([plan.create.length, plan.update.length, plan.remove.length]).to.deep.equal([0, 1, 0]);
  });
});

describe('labels and trigger times of slices', () => {
  it('the labels are the Service’s own and ours, which nobody can override', () => {
    const owner = service(
      { clusterIP: 'None' },
      { labels: { tier: 'x', 'kubernetes.io/service-name': 'fake' } },
    );
    expect(sliceLabels(owner)).to.deep.equal({
      tier: 'x',
      'service.kubernetes.io/headless': '',
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    });
    expect(sliceLabels(service())).not.to.have.property('service.kubernetes.io/headless');
  });

  it('the trigger time is the earliest change since the last look', () => {
    const times = trackTriggerTimes();
    expect(times.next('k', service(), [pod({ name: 'a', readyAt: 50 })])).to.equal(at(0));
    expect(times.next('k', service(), [pod({ name: 'a', readyAt: 50 })])).to.equal(undefined);
    const later = [pod({ name: 'a', readyAt: 70 }), pod({ name: 'b', readyAt: 60 })];
    expect(times.next('k', service(), later)).to.equal(at(60));
  });
});

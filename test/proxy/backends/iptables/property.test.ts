import { expect } from 'chai';
import fc from 'fast-check';
import { Ledger } from '../../../../proxy/backends/iptables/ledger.ts';
import type { Place } from '../../../../proxy/backends/iptables/options.ts';
import { planFor } from '../../../../proxy/backends/iptables/plan.ts';
import { desiredOf, renderSteps } from '../../../../proxy/backends/iptables/render.ts';
import { deltaSteps } from '../../../../proxy/backends/iptables/steps.ts';
import type { Unit } from '../../../../proxy/model/unit.ts';
import { unitsFor } from '../../units.ts';
import { KernelModel } from './kernel-model.ts';

/** One new form of a Service, over few names and addresses so that they meet often. */
const form = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  ports: fc.subarray([80, 81, 82]),
  nodePort: fc.constantFrom(0, 30_000, 30_001),
  externalIP: fc.constantFrom('', '10.9.9.9'),
  vip: fc.constantFrom('', '10.240.0.1', '10.240.0.2'),
  ranges: fc.subarray(['192.168.0.0/16', '10.0.0.0/8']),
  policy: fc.constantFrom('Cluster', 'Local'),
  internal: fc.constantFrom('Cluster', 'Local'),
  seconds: fc.constantFrom(0, 10, 10_800),
  endpoints: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 5 }),
  size: fc.constantFrom(3, 10, 2000),
});

type Form = typeof form extends fc.Arbitrary<infer T> ? T : never;

const place: Place = {
  family: 'IPv4',
  options: {
    scheduler: 'rr',
    masqueradeAll: false,
    detector: { kind: 'cidr', cidrs: ['172.16.0.0/16'] },
    nodePortCidrs: ['192.168.56.0/24'],
    serviceCidrs: ['172.17.0.0/18'],
  },
  node: { name: 'n1', addresses: ['192.168.56.11'], podCIDRs: [], zone: '', leaving: false },
  tcpBeLiberal: false,
};

describe('iptables rules after any sequence of changes', function () {
  this.timeout(30_000);

  it('are what they would be written from nothing, and every step of the way is accepted', () => {
    fc.assert(
      fc.property(fc.array(form, { minLength: 1, maxLength: 12 }), (forms) => {
        const seen = walk(forms);
        expect(seen.kernel.content()).to.eql(fromNothing([...seen.units.values()].flat()));
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it('come from those of another run, in one full sync', () => {
    fc.assert(
      fc.property(fc.array(form, { minLength: 2, maxLength: 8 }), (forms) => {
        const { kernel } = walk(forms.slice(0, -1));
        const { units } = walk(forms.slice(-1));
        const ledger = new Ledger(place);
        const all = [...units.values()].flat();
        ledger.change([], all);
        const { steps, stale } = planFor(desiredOf(ledger, place), saved(kernel));
        kernel.restore(renderSteps(steps, 20) + renderSteps(stale, 20));
        expect(kernel.content()).to.eql(fromNothing(all));
        expect(planFor(desiredOf(ledger, place), saved(kernel))).to.eql({ steps: [], stale: [] });
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});

/** Starts with nothing, and takes one change after the other. */
function walk(forms: readonly Form[]): { kernel: KernelModel; units: Map<string, Unit[]> } {
  const ledger = new Ledger(place);
  const kernel = new KernelModel();
  const units = new Map<string, Unit[]>();
  kernel.restore(renderSteps(planFor(desiredOf(ledger, place), new Map()).steps, 2000));
  for (const given of forms) {
    const now = unitsOf(given);
    const before = units.get(given.name) ?? [];
    const gone = before.filter(({ id }) => !now.some((unit) => unit.id === id)).map(({ id }) => id);
    kernel.restore(renderSteps(deltaSteps(ledger.change(gone, now)), given.size, given.size < 2000));
    units.set(given.name, now);
  }
  return { kernel, units };
}

function unitsOf(given: Form): Unit[] {
  const number = given.name.charCodeAt(0) - 96;
  const node = (n: number) => (n % 2 === 0 ? 'n1' : 'n2');
  return unitsFor({
    service: {
      name: given.name,
      type: 'LoadBalancer',
      clusterIPs: [`172.17.0.${number}`],
      ports: given.ports.map((port) => ({
        name: `p${port}`,
        port,
        ...(given.nodePort > 0 && { nodePort: given.nodePort + port }),
      })),
      ...(given.externalIP && { externalIPs: [given.externalIP] }),
      ...(given.vip && { ingress: [{ ip: given.vip }] }),
      spec: {
        loadBalancerSourceRanges: given.ranges,
        externalTrafficPolicy: given.policy,
        internalTrafficPolicy: given.internal,
        ...(given.seconds > 0 && {
          sessionAffinity: 'ClientIP',
          sessionAffinityConfig: { clientIP: { timeoutSeconds: given.seconds } },
        }),
      },
    },
    ports: [80, 81, 82].map((port) => ({ name: `p${port}`, port: 8000 + port })),
    endpoints: given.endpoints.map((n) => ({ ip: `172.16.1.${n}`, node: node(n) })),
  });
}

function fromNothing(units: readonly Unit[]): Record<string, string[]> {
  const ledger = new Ledger(place);
  ledger.change([], units);
  const kernel = new KernelModel();
  kernel.restore(renderSteps(planFor(desiredOf(ledger, place), new Map()).steps, 2000));
  return kernel.content();
}

function saved(kernel: KernelModel): Map<string, Map<string, string[]>> {
  const tables = new Map<string, Map<string, string[]>>();
  for (const [key, rules] of Object.entries(kernel.content())) {
    const [table = '', name = ''] = key.split(' ');
    const chains = tables.get(table) ?? new Map<string, string[]>();
    tables.set(table, chains.set(name, rules));
  }
  return tables;
}

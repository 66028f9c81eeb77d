import { expect } from 'chai';
import { Ledger } from '../../../../proxy/backends/iptables/ledger.ts';
import type { Place } from '../../../../proxy/backends/iptables/options.ts';
import { planFor } from '../../../../proxy/backends/iptables/plan.ts';
import { desiredOf, renderSteps } from '../../../../proxy/backends/iptables/render.ts';
import { deltaSteps } from '../../../../proxy/backends/iptables/steps.ts';
import type { Unit } from '../../../../proxy/model/unit.ts';
import type { EndpointSpec } from '../../objects.ts';
import { unitsFor } from '../../units.ts';
import { KernelModel } from './kernel-model.ts';

const place: Place = {
  family: 'IPv4',
  options: {
    scheduler: 'random',
    masqueradeAll: false,
    detector: { kind: 'cidr', cidrs: ['172.16.0.0/16'] },
    nodePortCidrs: 'primary',
    serviceCidrs: ['172.17.0.0/18'],
  },
  node: { name: 'n1', addresses: ['192.168.56.11'], podCIDRs: [], zone: '', leaving: false },
  tcpBeLiberal: false,
};

/** The chain of each kind, by what its name begins with. */
const kinds = (chains: readonly string[]) => chains.map((name) => name.slice(0, 8)).sort();

describe('a partial sync of iptables rules', () => {
  const a = { ip: '172.16.1.2', node: 'n1' };
  const b = { ip: '172.16.2.2', node: 'n2' };
  const c = { ip: '172.16.2.3', node: 'n2' };
  const web = (endpoints: EndpointSpec[], spec: Record<string, unknown> = {}, nodePort = 0) =>
    unitsFor({
      service: { spec, ports: [{ port: 80, ...(nodePort > 0 && { nodePort }) }] },
      endpoints,
    });

  const cases: { name: string; before: Unit[]; after: Unit[]; chains: string[]; lines: RegExp[] }[] = [
    {
      name: 'nothing, where nothing changed',
      before: web([a, b]),
      after: web([a, b]),
      chains: [],
      lines: [],
    },
    {
      name: 'the new endpoint and the list, where one came',
      before: web([a, b]),
      after: web([a, b, c]),
      chains: ['KUBE-SEP', 'KUBE-SVC'],
      lines: [],
    },
    {
      name: 'the gone endpoint and the list, where one went',
      before: web([a, b]),
      after: web([b]),
      chains: ['KUBE-SEP', 'KUBE-SVC'],
      lines: [/^-X KUBE-SEP-/m],
    },
    {
      name: 'a whole Service and its line, where one came',
      before: [],
      after: web([a]),
      chains: ['KUBE-SEP', 'KUBE-SVC'],
      lines: [/^-I KUBE-SERVICES -d 172.17.0.80\/32 .* -j KUBE-SVC-/m],
    },
    {
      name: 'a rejection, where the last endpoint went',
      before: web([a]),
      after: web([]),
      chains: ['KUBE-SEP', 'KUBE-SVC'],
      lines: [/^-I KUBE-SERVICES .* -j REJECT/m, /^-D KUBE-SERVICES .* -j KUBE-SVC-/m, /^-X KUBE-SVC-/m],
    },
    {
      name: 'a node port with its entry chain, where it was opened',
      before: web([a]),
      after: web([a], { type: 'NodePort' }, 30_080),
      chains: ['KUBE-EXT'],
      lines: [/^-I KUBE-NODEPORTS .* --dport 30080 -j KUBE-EXT-/m],
    },
    {
      name: 'the list and its endpoints, where clients are to be remembered',
      before: web([a, b]),
      after: web([a, b], { sessionAffinity: 'ClientIP' }),
      chains: ['KUBE-SEP', 'KUBE-SEP', 'KUBE-SVC'],
      lines: [/--rcheck --seconds 10800/],
    },
  ];

  for (const { name, before, after, chains, lines } of cases) {
    it(`writes ${name}`, () => {
      const { kernel, ledger } = start(before);
      const gone = before.filter(({ id }) => !after.some((unit) => unit.id === id)).map(({ id }) => id);
      const text = renderSteps(deltaSteps(ledger.change(gone, after)), 2000);
      expect(kinds(kernel.restore(text))).to.eql(chains);
      for (const line of lines) expect(text).to.match(line);
      if (chains.length === 0) expect(text).to.equal('');
    });
  }

  it('rejects before it stops translating, and translates before it stops rejecting', () => {
    const { ledger } = start(web([a]));
    const down = renderSteps(deltaSteps(ledger.change([], web([]))), 2000);
    expect(down.match(/^\*\w+/gm)).to.eql(['*filter', '*nat']);
    const up = renderSteps(deltaSteps(ledger.change([], web([a]))), 2000);
    expect(up.match(/^\*\w+/gm)).to.eql(['*nat', '*filter']);
  });

  it('never touches the chain of another Service', () => {
    const other = unitsFor({ service: { name: 'other', clusterIPs: ['172.17.0.81'] }, endpoints: [c] });
    const { kernel, ledger } = start([...web([a]), ...other]);
    const names = kernel.restore(renderSteps(deltaSteps(ledger.change([], web([b]))), 2000));
    const theirs = Object.keys(kernel.content()).filter((name) => !names.includes(name.split(' ')[1] ?? ''));
    expect(theirs.filter((name) => /KUBE-(SVC|SEP)/.test(name))).to.have.length(2);
  });

  it('gives an address that two Services claim to the next when its holder goes', () => {
    const claim = (name: string, clusterIP: string) =>
      unitsFor({ service: { name, clusterIPs: [clusterIP], externalIPs: ['10.9.9.9'] }, endpoints: [a] });
    const first = claim('first', '172.17.0.1');
    const second = claim('second', '172.17.0.2');
    const { kernel, ledger } = start([...first, ...second]);
    const holders = () => kernel.content()['nat KUBE-SERVICES']?.filter((rule) => rule.includes('10.9.9.9'));
    expect(holders()?.join()).to.match(/default\/first external IP/);
    kernel.restore(
      renderSteps(
        deltaSteps(
          ledger.change(
            first.map(({ id }) => id),
            [],
          ),
        ),
        2000,
      ),
    );
    expect(holders()?.join()).to.match(/^[^,]*default\/second external IP[^,]*$/);
  });
});

function start(units: readonly Unit[]): { kernel: KernelModel; ledger: Ledger } {
  const ledger = new Ledger(place);
  ledger.change([], units);
  const kernel = new KernelModel();
  kernel.restore(renderSteps(planFor(desiredOf(ledger, place), new Map()).steps, 2000));
  return { kernel, ledger };
}

import { expect } from 'chai';
import type { Scenario, Stage } from '../scenario.ts';

function sticky(t: Stage, timeoutSeconds = 10_800, more: Parameters<Stage['service']>[0] = {}): void {
  t.service({
    ...more,
    spec: {
      ...more.spec,
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds } },
    },
  });
}

export const affinityScenarios: readonly Scenario[] = [
  {
    name: 'session affinity keeps a client on one pod',
    rule: '1.8, L-10',
    async run(t) {
      sticky(t);
      t.endpoints(['a1', 'a2', 'b1']);
      await t.settled();
      expectOne(await t.names('c1', t.vip(80), 80, { times: 8 }), ['a1', 'a2', 'b1']);
    },
  },
  {
    name: 'another client may be kept on another pod',
    rule: '1.8',
    async run(t) {
      sticky(t);
      t.endpoints(['a2', 'b1']);
      await t.settled();
      const clients = ['c1', 'a1', 'a2', 'n1'] as const;
      const picks = [];
      for (const client of clients) picks.push((await t.names(client, t.vip(80), 80))[0]);
      // Not each pick differs from the one before: a full sync in between starts the rotation anew.
      expect(new Set(picks)).to.eql(new Set(['a2', 'b1']));
      for (const [i, client] of clients.entries()) {
        expect(await t.names(client, t.vip(80), 80, { times: 2 }), client).to.eql([picks[i], picks[i]]);
      }
    },
  },
  {
    name: 'checking the table takes no record for a change by somebody else',
    rule: '1.8',
    modes: ['nftables', 'iptables', 'userspace'],
    async run(t) {
      sticky(t);
      t.endpoints(['a2', 'b1']);
      await t.settled();
      const [first] = await t.names('c1', t.vip(80), 80);
      const before = await t.metric('n1', 'kubeproxy_drift_repairs_total');
      const checks = await t.metric('n1', 'kubeproxy_drift_checks_total');
      await t.eventually('two more checks', async () => {
        return (await t.metric('n1', 'kubeproxy_drift_checks_total')) >= checks + 2;
      });
      expect(await t.metric('n1', 'kubeproxy_drift_repairs_total')).to.equal(before);
      expect(await t.names('c1', t.vip(80), 80)).to.eql([first]);
    },
  },
  {
    name: 'a client has one record for all addresses of a Service port',
    rule: '1.8',
    // IPVS has one for each of its virtual servers, so for each address (decision 0010); kube-proxy's is the same.
    modes: ['nftables', 'iptables', 'userspace'],
    async run(t) {
      sticky(t, 10_800, {
        type: 'NodePort',
        ports: [{ port: 80, nodePort: 30_080 }],
        externalIPs: [t.routed(7)],
      });
      t.endpoints(['a1', 'a2', 'b1']);
      await t.settled();
      const names = [
        ...(await t.names('c1', t.vip(80), 80)),
        ...(await t.names('c1', t.address('n1'), 30_080)),
        ...(await t.names('c1', t.routed(7), 80)),
      ];
      expectOne(names, ['a1', 'a2', 'b1']);
    },
  },
  {
    name: 'UDP clients are kept as well',
    rule: '1.8, 7.2',
    async run(t) {
      sticky(t, 10_800, { ports: [{ port: 53, protocol: 'UDP' }] });
      t.endpoints(['a1', 'a2', 'b1'], { ports: [{ port: 5353, protocol: 'UDP' }] });
      await t.settled();
      expectOne(await t.names('c1', t.vip(80), 53, { times: 5, protocol: 'udp' }), ['a1', 'a2', 'b1']);
    },
  },
  {
    name: 'after timeoutSeconds without a new connection a client may move',
    rule: '1.8, P-05',
    modes: ['nftables'],
    async run(t) {
      sticky(t, 1);
      t.endpoints(['a1', 'b1']);
      await t.settled();
      const [first] = await t.names('c1', t.vip(80), 80, { times: 2 });
      expect(await hasRecord(t)).to.equal(true);
      await t.eventually('the record to end', async () => !(await hasRecord(t)));
      expect(await t.names('c1', t.vip(80), 80)).to.not.eql([first]);
    },
  },
  {
    name: 'a client leaves an endpoint that has gone, and stays with the next one',
    rule: '1.8',
    async run(t) {
      sticky(t);
      t.endpoints(['a1', 'a2', 'b1']);
      await t.settled();
      const [first = ''] = await t.names('c1', t.vip(80), 80);
      const rest = (['a1', 'a2', 'b1'] as const).filter((name) => name !== first);
      t.endpoints(rest);
      await t.settled();
      expectOne(await t.names('c1', t.vip(80), 80, { times: 5 }), rest);
    },
  },
  {
    name: 'records of gone endpoints go, also those of clients that do not come back',
    rule: '1.8',
    modes: ['nftables'],
    async run(t) {
      sticky(t, 600);
      t.endpoints(['a1']);
      await t.settled();
      await t.names('c1', t.vip(80), 80);
      const table = [t.family === 'IPv4' ? 'ip' : 'ip6', 'workshop-proxy'];
      const hasAny = async () =>
        new RegExp(`${t.address('c1')}[^\\n]* timeout 10m `).test(
          await t.world.nft('n1', 'list', 'table', ...table),
        );
      expect(await hasAny()).to.equal(true);
      t.endpoints(['b1']);
      await t.settled();
      await t.eventually('the record to go', async () => !(await hasAny()));
    },
  },
  {
    name: 'affinity can be switched on and off',
    rule: 'L-10',
    async run(t) {
      t.service();
      t.endpoints(['a1', 'b1']);
      await t.settled();
      expect(new Set(await t.names('c1', t.vip(80), 80, { times: 4 }))).to.eql(new Set(['a1', 'b1']));
      sticky(t);
      await t.settled();
      expectOne(await t.names('c1', t.vip(80), 80, { times: 4 }), ['a1', 'b1']);
      t.service();
      await t.settled();
      expect(new Set(await t.names('c1', t.vip(80), 80, { times: 4 }))).to.eql(new Set(['a1', 'b1']));
    },
  },
  ...(['Cluster', 'Local'] as const).map(loadBalancerAffinity),
  {
    name: 'affinity holds under externalTrafficPolicy Local',
    rule: '1.8',
    async run(t) {
      sticky(t, 10_800, {
        type: 'NodePort',
        ports: [{ port: 80, nodePort: 30_080 }],
        spec: { externalTrafficPolicy: 'Local' },
      });
      t.endpoints(['a1', 'a2', 'b1']);
      await t.settled();
      expectOne(await t.names('out', t.address('n1'), 30_080, { times: 5 }), ['a1', 'a2']);
    },
  },
];

/** All answers are of one pod, and of one of these. */
function expectOne(names: readonly string[], pods: readonly string[]): void {
  expect(new Set(names).size, names.join()).to.equal(1);
  expect(pods).to.include(names[0]);
}

/** The key is the client's own address, also where policy Cluster has it masqueraded. */
function loadBalancerAffinity(externalTrafficPolicy: 'Cluster' | 'Local'): Scenario {
  return {
    name: `affinity at a load balancer address under externalTrafficPolicy ${externalTrafficPolicy}, switched on and off`,
    rule: '1.8, 7.2 switch session affinity for LoadBalancer service',
    async run(t) {
      const ingress = [{ ip: t.routed(1) }];
      const given = { type: 'LoadBalancer', ingress, spec: { externalTrafficPolicy } };
      const pods = async (from: 'out' | 'out2') =>
        new Set(await t.names('out', t.routed(1), 80, { times: 4, from: t.address(from) }));
      t.service(given);
      t.endpoints(['a1', 'a2']);
      await t.settled();
      expect(await pods('out')).to.eql(new Set(['a1', 'a2']));
      sticky(t, 10_800, given);
      await t.settled();
      const [first, second] = [await pods('out'), await pods('out2')];
      for (const names of [first, second]) expectOne([...names], ['a1', 'a2']);
      expect([await pods('out'), await pods('out2')]).to.eql([first, second]);
      t.service(given);
      await t.settled();
      expect(await pods('out')).to.eql(new Set(['a1', 'a2']));
    },
  };
}

/** Whether node n1 has a record of client c1 that lasts a second. */
async function hasRecord(t: Stage): Promise<boolean> {
  const text = await t.world.nft('n1', 'list', 'table', t.family === 'IPv4' ? 'ip' : 'ip6', 'workshop-proxy');
  return new RegExp(`${t.address('c1')}[^\\n]* timeout 1s `).test(text);
}

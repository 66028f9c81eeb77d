import { expect } from 'chai';
import { kernelModes, nobody, type Scenario, type Stage } from '../scenario.ts';

const nodePort = 30_080;

function expose(
  t: Stage,
  spec: Record<string, unknown> = {},
  more: { ingress?: { ip: string; ipMode?: string }[] } = {},
): void {
  t.service({
    type: more.ingress ? 'LoadBalancer' : 'NodePort',
    ports: [{ port: 80, nodePort }],
    spec,
    ...more,
  });
}

export const externalScenarios: readonly Scenario[] = [
  {
    name: 'a node port is open on every node, and its clients are masqueraded',
    rule: '1.7, 3, L-14',
    async run(t) {
      expose(t);
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('out', t.address('n1'), nodePort)).to.eql([`b1 ${t.address('n1')}`]);
      expect(await t.names('out', t.address('n2'), nodePort)).to.eql(['b1']);
    },
  },
  {
    name: 'a node port answers pods and the nodes themselves',
    rule: '1.7',
    async run(t) {
      expose(t);
      t.endpoints(['b1']);
      await t.settled();
      for (const place of ['c1', 'n1', 'n2', 'b2'] as const) {
        expect(await t.names(place, t.address('n1'), nodePort), place).to.eql(['b1']);
      }
    },
  },
  {
    name: 'a node port with its endpoint in the network of the node itself',
    rule: '7.2 hostNetwork',
    async run(t) {
      expose(t);
      t.endpoints([{ pod: 'n1' }]);
      await t.settled();
      expect(await t.names('out', t.address('n1'), nodePort)).to.eql(['n1']);
      expect(await t.names('n1', t.address('n1'), nodePort)).to.eql(['n1']);
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['n1']);
    },
  },
  {
    name: 'a node port is not open on loopback',
    rule: '2.4',
    async run(t) {
      expose(t);
      t.endpoints(['a1']);
      await t.settled();
      const loopback = t.family === 'IPv4' ? '127.0.0.1' : '::1';
      expect(await t.ask('n1', loopback, nodePort)).to.eql(['refused']);
    },
  },
  {
    name: 'a node port without endpoints refuses at once',
    rule: '1.7',
    async run(t) {
      expose(t);
      await t.settled();
      expect(await t.ask('out', t.address('n1'), nodePort)).to.eql(['refused']);
      expect(await t.ask('c1', t.address('n1'), nodePort)).to.eql(['refused']);
    },
  },
  {
    name: 'TCP and UDP may share the number of a node port',
    rule: '7.2',
    async run(t) {
      const ports = [
        { name: 'tcp', port: 80, nodePort },
        { name: 'udp', port: 80, nodePort, protocol: 'UDP' },
      ];
      t.service({ type: 'NodePort', ports });
      t.endpoints(['a1'], {
        ports: [
          { name: 'tcp', port: 8080 },
          { name: 'udp', port: 5353, protocol: 'UDP' },
        ],
      });
      await t.settled();
      expect(await t.names('out', t.address('n1'), nodePort)).to.eql(['a1']);
      expect(await t.names('out', t.address('n1'), nodePort, { protocol: 'udp' })).to.eql(['a1']);
    },
  },
  {
    name: 'a load balancer address is served where it is routed to',
    rule: '1.4',
    async run(t) {
      expose(t, {}, { ingress: [{ ip: t.routed(1) }] });
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('out', t.routed(1), 80)).to.eql([`b1 ${t.address('n1')}`]);
      expect(await t.names('c1', t.routed(1), 80)).to.eql(['b1']);
    },
  },
  {
    name: 'a load balancer address of ipMode Proxy gets no rules',
    rule: '1.4',
    async run(t) {
      expose(t, {}, { ingress: [{ ip: t.routed(1), ipMode: 'Proxy' }] });
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.names('c1', t.routed(1), 80, nobody)).to.not.include('b1');
    },
  },
  {
    name: 'an external IP is served, with any type of Service',
    rule: '1.4, R-10',
    async run(t) {
      t.service({ externalIPs: [t.routed(7)] });
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('out', t.routed(7), 80)).to.eql([`b1 ${t.address('n1')}`]);
      expect(await t.names('n2', t.routed(7), 80)).to.eql(['b1']);
    },
  },
  {
    name: 'of two Services that claim one external IP one has it, and the other gets it when that one goes',
    rule: '8.1 externalIPs',
    async run(t) {
      for (const [name, vip, pod] of [
        ['first', 81, 'a1'],
        ['second', 82, 'b1'],
      ] as const) {
        t.service({ name, vip, externalIPs: [t.routed(7)] });
        t.endpoints([pod], { service: name });
      }
      await t.settled();
      expect(await t.names('c1', t.routed(7), 80, { times: 2 })).to.eql(['a1', 'a1']);
      t.world.api.remove('services', 'default/first');
      await t.settled();
      expect(await t.names('c1', t.routed(7), 80, { times: 2 })).to.eql(['b1', 'b1']);
    },
  },
  {
    name: 'source ranges guard the load balancer address, and not the node port',
    rule: '1.7',
    async run(t) {
      const bits = t.family === 'IPv4' ? 32 : 128;
      const loadBalancerSourceRanges = [`${t.address('out')}/${bits}`];
      expose(t, { loadBalancerSourceRanges }, { ingress: [{ ip: t.routed(1) }] });
      t.endpoints(['a1']);
      await t.settled();
      expect(await t.names('out', t.routed(1), 80, { from: t.address('out') })).to.eql(['a1']);
      expect(await t.ask('out', t.routed(1), 80, { from: t.address('out2'), ...nobody })).to.eql(['silent']);
      expect(await t.names('out', t.address('n1'), nodePort, { from: t.address('out2') })).to.eql(['a1']);
      expect(await t.ask('c1', t.routed(1), 80, nobody)).to.eql(['silent']);
      const wider = t.family === 'IPv4' ? '192.168.0.0/16' : 'fd56::/16';
      expose(
        t,
        { loadBalancerSourceRanges: [...loadBalancerSourceRanges, wider] },
        { ingress: [{ ip: t.routed(1) }] },
      );
      await t.settled();
      expect(await t.names('out', t.routed(1), 80, { from: t.address('out2') })).to.eql(['a1']);
    },
  },
  {
    name: 'externalTrafficPolicy Local: from outside only endpoints of that node, and the client keeps its address',
    rule: '1.7',
    modes: kernelModes,
    async run(t) {
      expose(t, { externalTrafficPolicy: 'Local' }, { ingress: [{ ip: t.routed(1) }] });
      t.endpoints(['a1', 'b1']);
      await t.settled();
      const client = t.address('out');
      const from = client;
      expect(await t.ask('out', t.address('n1'), nodePort, { times: 3, from })).to.eql(
        Array(3).fill(`a1 ${client}`),
      );
      expect(await t.ask('out', t.address('n2'), nodePort, { times: 2, from })).to.eql(
        Array(2).fill(`b1 ${client}`),
      );
      expect(await t.ask('out', t.routed(1), 80, { from })).to.eql([`a1 ${client}`]);
    },
  },
  {
    name: 'externalTrafficPolicy Local without an endpoint on the node: dropped from outside',
    rule: '1.7',
    async run(t) {
      expose(t, { externalTrafficPolicy: 'Local' }, { ingress: [{ ip: t.routed(1) }] });
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('out', t.address('n1'), nodePort, nobody)).to.eql(['silent']);
      expect(await t.ask('out', t.routed(1), 80, nobody)).to.eql(['silent']);
      expect(await t.names('out', t.address('n2'), nodePort)).to.eql(['b1']);
    },
  },
  {
    name: 'externalTrafficPolicy Local: pods and the node itself are served from the whole cluster',
    rule: '1.7 short-circuit',
    modes: kernelModes,
    async run(t) {
      expose(t, { externalTrafficPolicy: 'Local' }, { ingress: [{ ip: t.routed(1) }] });
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('c1', t.routed(1), 80)).to.eql([`b1 ${t.address('c1')}`]);
      expect(await t.ask('c1', t.address('n1'), nodePort)).to.eql([`b1 ${t.address('c1')}`]);
      expect(await t.ask('n1', t.address('n1'), nodePort)).to.eql([`b1 ${t.address('n1')}`]);
      expect(await t.names('n1', t.routed(1), 80)).to.eql(['b1']);
    },
  },
  {
    name: 'externalTrafficPolicy Local leaves the cluster IP alone',
    rule: '1.7',
    async run(t) {
      expose(t, { externalTrafficPolicy: 'Local' });
      t.endpoints(['a1', 'b1']);
      await t.settled();
      expect(new Set(await t.names('c1', t.vip(80), 80, { times: 4 }))).to.eql(new Set(['a1', 'b1']));
    },
  },
  {
    name: 'internalTrafficPolicy Local leaves the node port alone',
    rule: '1.7',
    async run(t) {
      expose(t, { internalTrafficPolicy: 'Local' });
      t.endpoints(['b1', 'b2']);
      await t.settled();
      expect(new Set(await t.names('out', t.address('n1'), nodePort, { times: 4 }))).to.eql(
        new Set(['b1', 'b2']),
      );
    },
  },
  {
    name: 'the health check port tells load balancers which nodes have endpoints',
    rule: '6',
    family: 'IPv4',
    async run(t) {
      const healthCheckNodePort = 32_100;
      expose(t, { externalTrafficPolicy: 'Local', healthCheckNodePort }, { ingress: [{ ip: t.routed(1) }] });
      t.endpoints(['a1', 'a2']);
      await t.settled();
      const ask = (name: 'n1' | 'n2') =>
        t.world.agents.out.http({ url: `http://${t.address(name)}:${healthCheckNodePort}/` });
      // The answer changes when the whole turn is over, a moment after its rules are in the kernel.
      const tells = (code: number) => async () => (await ask('n1')).code === code;
      await t.eventually('the health of a node with endpoints', tells(200));
      const [here, there] = [await ask('n1'), await ask('n2')];
      expect([here.code, here.weight, there.code, there.weight]).to.eql([200, '2', 503, '0']);
      expect(JSON.parse(here.body)).to.eql({
        service: { namespace: 'default', name: 'web' },
        localEndpoints: 2,
        serviceProxyHealthy: true,
      });
      t.endpoints([{ pod: 'a1', ready: false, serving: true, terminating: true }]);
      await t.eventually('the health of a node without ready endpoints', tells(503));
    },
  },
];

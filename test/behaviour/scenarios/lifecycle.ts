import { expect } from 'chai';
import type { Scenario, Stage } from '../scenario.ts';
import type { Place } from '../world.ts';

/** What becomes of clients while a Service and its endpoints change, by the names of Kubernetes' own end-to-end tests. */
export const lifecycleScenarios: readonly Scenario[] = [
  {
    name: 'a Service goes through all types, and only the doors of its present type are open',
    rule: '7.2 change the type and ports',
    async run(t) {
      const vip = t.routed(1);
      const doors = [
        ['clusterIP', 'c1', t.vip(80), 80],
        ['nodePort', 'out', t.address('n1'), nodePort],
        ['load balancer', 'out', vip, 80],
      ] as const;
      const types = [
        ['ClusterIP', {}, ['clusterIP']],
        ['NodePort', {}, ['clusterIP', 'nodePort']],
        ['LoadBalancer', { ingress: [{ ip: vip }] }, ['clusterIP', 'nodePort', 'load balancer']],
        ['NodePort', {}, ['clusterIP', 'nodePort']],
        ['ClusterIP', {}, ['clusterIP']],
      ] as const;
      t.endpoints(['b1']);
      for (const [type, more, open] of types) {
        const port = type === 'ClusterIP' ? { port: 80 } : { port: 80, nodePort };
        t.service({ type, ports: [port], ...more, ingress: [...('ingress' in more ? more.ingress : [])] });
        await t.settled();
        for (const [door, from, host, number] of doors) {
          const [answer] = await t.names(from, host, number, { timeoutMs: 500 });
          expect(answer === 'b1', `${door} of a ${type}: ${answer}`).to.equal(open.includes(door as never));
        }
      }
    },
  },
  {
    name: 'a load balancer may do without node ports, and get them later',
    rule: '1.4 allocateLoadBalancerNodePorts',
    async run(t) {
      const ingress = [{ ip: t.routed(1) }];
      t.service({ type: 'LoadBalancer', ingress, spec: { allocateLoadBalancerNodePorts: false } });
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.names('out', t.routed(1), 80)).to.eql(['b1']);
      expect(await t.names('out', t.address('n1'), nodePort)).to.eql(['refused']);
      t.service({ type: 'LoadBalancer', ingress, ports: [{ port: 80, nodePort }] });
      await t.settled();
      expect(await t.names('out', t.address('n1'), nodePort)).to.eql(['b1']);
    },
  },
  {
    name: 'when a node port changes its number, the new one opens and the old one closes',
    rule: '7.2 update nodePort',
    async run(t) {
      t.service({ type: 'NodePort', ports: [{ port: 80, nodePort }] });
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.names('out', t.address('n1'), nodePort)).to.eql(['b1']);
      t.service({ type: 'NodePort', ports: [{ port: 80, nodePort: nodePort + 1 }] });
      await t.settled();
      expect(await t.names('out', t.address('n1'), nodePort + 1)).to.eql(['b1']);
      expect(await t.names('out', t.address('n1'), nodePort)).to.eql(['refused']);
    },
  },
  {
    name: 'a Service that is deleted and made again works at its new address and with its new pods',
    rule: '7.2 recreated',
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
      t.world.api.remove('services', 'default/web');
      await t.settled();
      t.service({ vip: 90 });
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.names('c1', t.vip(90), 80)).to.eql(['b1']);
      expect(await t.names('c1', t.vip(80), 80, { timeoutMs: 350 })).to.not.eql(['a1']);
    },
  },
  {
    name: 'several Services may have the same pods',
    rule: '7.2 multiple endpoint-Services with same selector',
    async run(t) {
      t.service();
      t.service({ name: 'twin', vip: 81 });
      t.endpoints(['a1']);
      t.endpoints(['a1'], { service: 'twin' });
      await t.settled();
      const both = async () => [
        ...(await t.names('c1', t.vip(80), 80)),
        ...(await t.names('c1', t.vip(81), 80)),
      ];
      expect(await both()).to.eql(['a1', 'a1']);
      t.world.api.remove('services', 'default/twin');
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
    },
  },
  {
    name: 'a pod reaches its own Service through the node port of its node and of another',
    rule: '3 hairpin, endpoint-Service',
    async run(t) {
      t.service({ type: 'NodePort', ports: [{ port: 80, nodePort }] });
      t.endpoints(['a1']);
      await t.settled();
      expect(await t.names('a1', t.address('n1'), nodePort)).to.eql(['a1']);
      expect(await t.names('a1', t.address('n2'), nodePort)).to.eql(['a1']);
    },
  },
  {
    name: 'internalTrafficPolicy Local falls back to terminating endpoints of the node',
    rule: '1.5, KEP-1669',
    async run(t) {
      t.service({ spec: { internalTrafficPolicy: 'Local' } });
      t.endpoints([{ pod: 'a1', ready: false, serving: true, terminating: true }, 'b1']);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, { times: 2 })).to.eql(['a1', 'a1']);
      expect(await t.names('n2', t.vip(80), 80, { times: 2 })).to.eql(['b1', 'b1']);
    },
  },
  {
    name: 'the health check port opens, moves and closes with the external traffic policy',
    rule: '7.2 HealthCheckNodePort correctly when ExternalTrafficPolicy changes',
    family: 'IPv4',
    async run(t) {
      const code = async (port: number) => {
        const url = `http://${t.address('n1')}:${port}/`;
        return await t.world.agents.out.http({ url }).then(
          (answer) => answer.code,
          () => 'closed',
        );
      };
      const expose = (spec: Record<string, unknown>) =>
        t.service({
          type: 'LoadBalancer',
          ports: [{ port: 80, nodePort }],
          ingress: [{ ip: t.routed(1) }],
          spec,
        });
      t.endpoints(['a1']);
      expose({ externalTrafficPolicy: 'Local', healthCheckNodePort: 32_120 });
      await t.eventually('the port to open', async () => (await code(32_120)) === 200);
      expose({ externalTrafficPolicy: 'Local', healthCheckNodePort: 32_121 });
      await t.eventually('the other port', async () => (await code(32_121)) === 200);
      expect(await code(32_120)).to.equal('closed');
      expose({ externalTrafficPolicy: 'Cluster' });
      await t.eventually('the port to close', async () => (await code(32_121)) === 'closed');
    },
  },
  ...udpScenarios(),
  {
    name: 'a rolling update loses no request, from a pod, from a node and from outside',
    rule: '7.2 rolling update',
    family: 'IPv4',
    async run(t) {
      t.service({ type: 'NodePort', ports: [{ port: 80, nodePort }] });
      t.endpoints(['a1', 'a2']);
      await t.settled();
      const wrong: string[] = [];
      let over = false;
      const ask = async (from: Place, host: string, port: number) => {
        while (!over) {
          const [answer = ''] = await t.names(from, host, port);
          if (!/^[ab][12]$/.test(answer)) wrong.push(`${from}: ${answer}`);
        }
      };
      const streams = [
        ask('c1', t.vip(80), 80),
        ask('n2', t.vip(80), 80),
        ask('out', t.address('n1'), nodePort),
      ];
      const leaving = { ready: false, serving: true, terminating: true };
      for (const list of [
        ['a1', 'a2', 'b1'],
        [{ pod: 'a1', ...leaving }, 'a2', 'b1'],
        ['a2', 'b1', 'b2'],
        [{ pod: 'a2', ...leaving }, 'b1', 'b2'],
        ['b1', 'b2'],
      ] as const) {
        t.endpoints(list);
        await t.settled();
      }
      over = true;
      await Promise.all(streams);
      expect(wrong).to.eql([]);
      expect((await t.names('c1', t.vip(80), 80, { times: 2 })).sort()).to.eql(['b1', 'b2']);
    },
  },
];

const nodePort = 30_080;

/** A client that keeps its port, as resolvers do, must not be stuck with a pod that is gone: from wherever it asks. */
function udpScenarios(): Scenario[] {
  const doors: [string, Place, (t: Stage) => [string, number], Record<string, unknown>][] = [
    ['at a node port', 'out', (t) => [t.address('n1'), nodePort], {}],
    ['in the network of a node', 'n1', (t) => [t.vip(80), 53], {}],
    ['under internalTrafficPolicy Local', 'c1', (t) => [t.vip(80), 53], { internalTrafficPolicy: 'Local' }],
  ];
  const ports = [{ port: 5353, protocol: 'UDP' }];
  const moves: Scenario[] = doors.map(([where, from, door, spec], i) => ({
    name: `a UDP client ${where} that keeps its port moves on when its pod is replaced`,
    rule: '4, 7.2 Conntrack, server pod cycles',
    async run(t) {
      t.service({ type: 'NodePort', ports: [{ port: 53, protocol: 'UDP', nodePort }], spec });
      t.endpoints(['a1'], { ports });
      await t.settled();
      const order = { protocol: 'udp', localPort: 40_010 + i, timeoutMs: 500 } as const;
      const ask = async () => (await t.names(from, ...door(t), order))[0];
      expect(await ask()).to.equal('a1');
      t.endpoints(['a2'], { ports });
      await t.settled();
      await t.eventually('the answer of a2', async () => (await ask()) === 'a2');
    },
  }));
  return [
    ...moves,
    {
      name: 'a UDP client at a node port moves on when the target port changes',
      rule: '4, 7.2 Conntrack, target port changes for a NodePort service',
      async run(t) {
        t.service({ type: 'NodePort', ports: [{ port: 53, protocol: 'UDP', nodePort }] });
        t.endpoints(['b1'], { ports });
        await t.settled();
        const order = { protocol: 'udp', localPort: 40_014, timeoutMs: 500 } as const;
        const ask = async () => (await t.names('out', t.address('n1'), nodePort, order))[0];
        expect(await ask()).to.equal('b1');
        t.endpoints(['b1'], { ports: [{ port: 5354, protocol: 'UDP' }] });
        await t.settled();
        await t.eventually('the answer of the other port', async () => (await ask()) === 'b1:5354');
      },
    },
  ];
}

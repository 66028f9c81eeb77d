import { expect } from 'chai';
import { nobody, type Scenario } from '../scenario.ts';

export const endpointScenarios: readonly Scenario[] = [
  {
    name: 'endpoints that are not ready get nothing',
    rule: '1.5',
    async run(t) {
      t.service();
      t.endpoints(['a1', { pod: 'b1', ready: false }]);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, { times: 4 })).to.eql(['a1', 'a1', 'a1', 'a1']);
    },
  },
  {
    name: 'a ready endpoint hides those that are terminating',
    rule: '1.5',
    async run(t) {
      t.service();
      t.endpoints(['a1', { pod: 'b1', ready: false, serving: true, terminating: true }]);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, { times: 4 })).to.eql(['a1', 'a1', 'a1', 'a1']);
    },
  },
  {
    name: 'with no ready endpoint at all, terminating ones that still serve are used',
    rule: '1.5',
    async run(t) {
      t.service();
      t.endpoints([
        { pod: 'a1', ready: false, serving: true, terminating: true },
        { pod: 'b1', ready: false, serving: false, terminating: true },
      ]);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, { times: 3 })).to.eql(['a1', 'a1', 'a1']);
    },
  },
  {
    name: 'terminating endpoints that do not serve any more are none',
    rule: '1.5',
    async run(t) {
      t.service();
      t.endpoints([{ pod: 'a1', ready: false, serving: false, terminating: true }]);
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 80)).to.eql(['refused']);
    },
  },
  {
    name: 'externalTrafficPolicy Local falls back to terminating endpoints of the node',
    rule: '1.5, 7.2',
    async run(t) {
      t.service({
        type: 'NodePort',
        ports: [{ port: 80, nodePort: 30_080 }],
        spec: { externalTrafficPolicy: 'Local' },
      });
      t.endpoints([{ pod: 'a1', ready: false, serving: true, terminating: true }, 'b1']);
      await t.settled();
      expect(await t.names('out', t.address('n1'), 30_080, { times: 2 })).to.eql(['a1', 'a1']);
      expect(await t.names('c1', t.vip(80), 80, { times: 2 })).to.eql(['b1', 'b1']);
    },
  },
  {
    name: 'zone hints keep traffic in the zone',
    rule: '1.6',
    async run(t) {
      t.service();
      t.endpoints([
        { pod: 'a1', zones: ['zone-1'] },
        { pod: 'b1', zones: ['zone-2'] },
      ]);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, { times: 3 })).to.eql(['a1', 'a1', 'a1']);
      expect(await t.names('b2', t.vip(80), 80, { times: 3 })).to.eql(['b1', 'b1', 'b1']);
    },
  },
  {
    name: 'zone hints count for nothing while one endpoint has none',
    rule: '1.6',
    async run(t) {
      t.service();
      t.endpoints([{ pod: 'a1', zones: ['zone-1'] }, 'b1']);
      await t.settled();
      expect(new Set(await t.names('c1', t.vip(80), 80, { times: 4 }))).to.eql(new Set(['a1', 'b1']));
    },
  },
  {
    name: 'zone hints count for nothing when none is for this zone',
    rule: '1.6',
    async run(t) {
      t.service();
      t.endpoints([
        { pod: 'b1', zones: ['zone-2'] },
        { pod: 'b2', zones: ['zone-3'] },
      ]);
      await t.settled();
      expect(new Set(await t.names('c1', t.vip(80), 80, { times: 4 }))).to.eql(new Set(['b1', 'b2']));
    },
  },
  {
    name: 'node hints come before zone hints',
    rule: '1.6 PreferSameNode',
    async run(t) {
      t.service();
      t.endpoints([
        { pod: 'a1', zones: ['zone-1', 'zone-2'], nodes: ['n1'] },
        { pod: 'b1', zones: ['zone-1', 'zone-2'], nodes: ['n2'] },
      ]);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, { times: 3 })).to.eql(['a1', 'a1', 'a1']);
    },
  },
  {
    name: 'a replaced endpoint is left at once, and its successor used',
    rule: 'L-07',
    async run(t) {
      t.service();
      t.endpoints(['a1', 'a2']);
      await t.settled();
      await t.names('c1', t.vip(80), 80, { times: 2 });
      t.endpoints(['a2', 'b1']);
      await t.settled();
      expect(new Set(await t.names('c1', t.vip(80), 80, { times: 4 }))).to.eql(new Set(['a2', 'b1']));
    },
  },
  {
    name: 'a TCP connection goes on although its endpoint has left the list',
    rule: '4, 9',
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      const key = `held-${t.family}`;
      const order = { key, protocol: 'tcp', host: t.vip(80), port: 80, timeoutMs: 3000 } as const;
      expect(await t.world.agents.c1.hold(order)).to.match(/^b1 /);
      t.endpoints(['a1']);
      await t.settled();
      expect(await t.world.agents.c1.say({ key, word: 'still here' })).to.equal('still here');
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
    },
  },
  {
    name: 'a UDP client that keeps its port moves on when its endpoint is gone',
    rule: '4, 7.2 Conntrack',
    async run(t) {
      t.service({ ports: [{ port: 53, protocol: 'UDP' }] });
      const ports = [{ port: 5353, protocol: 'UDP' }];
      t.endpoints(['a1'], { ports });
      await t.settled();
      const ask = () => t.names('c1', t.vip(80), 53, { protocol: 'udp', localPort: 40_001, timeoutMs: 500 });
      expect(await ask()).to.eql(['a1']);
      t.endpoints(['b1'], { ports });
      await t.settled();
      await t.eventually('the answer of b1', async () => (await ask())[0] === 'b1');
    },
  },
  {
    name: 'a UDP client stays where it is while its endpoint serves, whatever happens to others',
    rule: '4',
    async run(t) {
      t.service({ ports: [{ port: 53, protocol: 'UDP' }] });
      const ports = [{ port: 5353, protocol: 'UDP' }];
      t.endpoints(['a1', 'b1'], { ports });
      await t.settled();
      const ask = () => t.names('c1', t.vip(80), 53, { protocol: 'udp', localPort: 40_002 });
      const [first = ''] = await ask();
      t.endpoints([first === 'a1' ? 'a1' : 'b1', 'b2', 'a2'], { ports });
      await t.settled();
      expect(await ask()).to.eql([first]);
      expect(await ask()).to.eql([first]);
    },
  },
  {
    name: 'a UDP client that asked before there was an endpoint gets its answer after',
    rule: '4',
    async run(t) {
      t.service({ ports: [{ port: 53, protocol: 'UDP' }] });
      await t.settled();
      const ask = () => t.names('c1', t.vip(80), 53, { protocol: 'udp', localPort: 40_003, timeoutMs: 400 });
      await ask();
      t.endpoints(['b1'], { ports: [{ port: 5353, protocol: 'UDP' }] });
      await t.settled();
      await t.eventually('the answer of b1', async () => (await ask())[0] === 'b1');
    },
  },
  {
    name: 'the label service-proxy-name hands a Service to another proxy, and back',
    rule: '1.1, 7.2',
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
      t.service({ labels: { 'service.kubernetes.io/service-proxy-name': 'other' } });
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, nobody)).to.not.include('a1');
      t.service();
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
    },
  },
  {
    name: 'the label headless takes the rules away',
    rule: '1.1, 7.2',
    async run(t) {
      t.service({ labels: { 'service.kubernetes.io/headless': '' } });
      t.endpoints(['a1']);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, nobody)).to.not.include('a1');
    },
  },
  {
    name: 'a Service that becomes ExternalName loses its rules',
    rule: '1.2, S-10',
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      t.service({ type: 'ExternalName' });
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, nobody)).to.not.include('a1');
    },
  },
  {
    name: 'ports of a Service can change',
    rule: '7.2',
    async run(t) {
      t.service({ ports: [{ port: 80 }] });
      t.endpoints(['a1']);
      await t.settled();
      t.service({ ports: [{ port: 81 }] });
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 80)).to.eql(['refused']);
      expect(await t.names('c1', t.vip(80), 81)).to.eql(['a1']);
    },
  },
];

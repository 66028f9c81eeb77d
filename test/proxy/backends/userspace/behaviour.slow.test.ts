import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { nobody, type Scenario, type Stage } from '../../../behaviour/scenario.ts';
import { dialSctp } from '../../../behaviour/scenarios/sctp.ts';
import { describeBehaviour, usualFlags } from '../../../behaviour/suite.ts';

const nodePort = 30_080;

const own: readonly Scenario[] = [
  {
    name: 'SCTP is refused, also where there are endpoints, and the log says so',
    rule: '1.4',
    async run(t) {
      t.service({ ports: [{ port: 80, protocol: 'SCTP' }] });
      t.endpoints(['b1'], { ports: [{ port: 7777, protocol: 'SCTP' }] });
      await t.settled();
      expect(await dialSctp(t, 'c1', t.vip(80), 80)).to.equal('refused');
      expect(readFileSync(`${t.world.folder}/n1.log`, 'utf8')).to.include('userspace mode cannot carry SCTP');
    },
  },
  {
    name: '--proxy-port-range says where its own ports come from',
    rule: '2.1',
    flags: ['--proxy-port-range', '41000-41099'],
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      const table = ['list', 'table', t.family === 'IPv4' ? 'ip' : 'ip6', 'workshop-proxy-userspace'];
      expect(await t.world.nft('n1', ...table)).to.match(/ \. tcp \. 80 : 410\d\d\b/);
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['b1']);
    },
  },
  {
    name: 'an endpoint sees the node of its client, and not the client',
    rule: '2.1',
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 80)).to.eql([`b1 ${t.address('n1')}`]);
    },
  },
  {
    name: 'externalTrafficPolicy Local: endpoints of the node for clients from outside, all of them for others',
    rule: '1.7',
    async run(t) {
      t.service({
        type: 'NodePort',
        ports: [{ port: 80, nodePort }],
        spec: { externalTrafficPolicy: 'Local' },
      });
      t.endpoints(['a1', 'b1']);
      await t.settled();
      const ask = async (from: 'out' | 'c1' | 'n1') =>
        new Set(await t.names(from, t.address('n1'), nodePort, { times: 4 }));
      expect(await ask('out')).to.eql(new Set(['a1']));
      expect(await ask('c1')).to.eql(new Set(['a1', 'b1']));
      expect(await ask('n1')).to.eql(new Set(['a1', 'b1']));
    },
  },
  {
    name: 'a dead backend that nobody has told the API about fails no request',
    rule: 'P-02, document 003',
    async run(t) {
      t.service();
      t.endpoints(['a1', { pod: 'a2' }, 'b1'], { ports: [{ port: 8080 }] });
      await t.settled();
      expect(new Set(await t.names('c1', t.vip(80), 80, { times: 3 }))).to.eql(new Set(['a1', 'a2', 'b1']));
      await inPod(t, 'a2', ['add', 'table', 'inet', 'dead']);
      const hook = '{ type filter hook input priority 0; }';
      await inPod(t, 'a2', ['add', 'chain', 'inet', 'dead', 'input', hook]);
      await inPod(t, 'a2', 'add rule inet dead input tcp dport 8080 reject with tcp reset'.split(' '));
      try {
        const names = await t.names('c1', t.vip(80), 80, { times: 200 });
        expect(new Set(names)).to.eql(new Set(['a1', 'b1']));
      } finally {
        await inPod(t, 'a2', ['delete', 'table', 'inet', 'dead']);
      }
    },
  },
  {
    name: 'a connection goes on when its Service is deleted',
    rule: '2.1',
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      const { c1 } = t.world.agents;
      await c1.hold({ key: 'x', protocol: 'tcp', host: t.vip(80), port: 80, timeoutMs: 2000 });
      t.world.api.remove('services', 'default/web');
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 80, nobody)).to.not.include(`b1 ${t.address('n1')}`);
      expect(await c1.say({ key: 'x', word: 'on' })).to.equal('on');
    },
  },
  {
    name: 'a proxy port is open to the node itself, and to nobody who has not come by a Service address',
    rule: 'document 003',
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      const table = [t.family === 'IPv4' ? 'ip' : 'ip6', 'workshop-proxy-userspace'];
      const element = `{ ${t.vip(80)} . tcp . 80 }`;
      const text = await t.world.nft('n1', 'get', 'element', ...table, 'services', element);
      const port = Number(/tcp \. 80 : (\d+)/.exec(text)?.[1]);
      expect(await t.names('n1', t.address('n1'), port)).to.eql(['b1']);
      expect(await t.ask('out', t.address('n1'), port)).to.eql(['refused']);
      expect(await t.ask('c1', t.address('n1'), port)).to.eql(['refused']);
    },
  },
  {
    name: 'SCTP is refused',
    rule: '1.4',
    async run(t) {
      t.service({ ports: [{ port: 80, protocol: 'SCTP' }] });
      t.endpoints(['b1'], { ports: [{ port: 8080, protocol: 'SCTP' }] });
      await t.settled();
      const table = [t.family === 'IPv4' ? 'ip' : 'ip6', 'workshop-proxy-userspace'];
      const text = await t.world.nft('n1', 'list', 'set', ...table, 'rejected');
      expect(text).to.include(`${t.vip(80)} . sctp . 80`);
    },
  },
  {
    name: 'a table that somebody deleted or changed is written anew, and connections go on meanwhile',
    rule: '5 drift',
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      const { c1 } = t.world.agents;
      await c1.hold({ key: 'y', protocol: 'tcp', host: t.vip(80), port: 80, timeoutMs: 2000 });
      const table = [t.family === 'IPv4' ? 'ip' : 'ip6', 'workshop-proxy-userspace'];
      const element = `{ ${t.vip(80)} . tcp . 80 }`;
      for (const change of [
        ['delete', 'table', ...table],
        ['delete', 'element', ...table, 'services', element],
      ]) {
        await t.world.nft('n1', ...change);
        await t.eventually(
          'the repair',
          async () => (await t.names('c1', t.vip(80), 80, nobody))[0] === 'b1',
        );
      }
      expect(await c1.say({ key: 'y', word: 'on' })).to.equal('on');
    },
  },
  {
    name: 'a killed proxy serves again after its restart, from other ports',
    rule: '2.1',
    async run(t) {
      t.service();
      t.service({ name: 'dns', vip: 81, ports: [{ port: 53, protocol: 'UDP' }] });
      t.endpoints(['b1']);
      t.endpoints(['b1'], { service: 'dns', ports: [{ port: 5353, protocol: 'UDP' }] });
      await t.settled();
      const udp = { protocol: 'udp', localPort: 40_053, ...nobody } as const;
      expect(await t.names('c1', t.vip(81), 53, udp)).to.eql(['b1']);
      await t.world.stopProxy('n1', 'SIGKILL');
      expect(await t.ask('c1', t.vip(80), 80)).to.eql(['refused']);
      await t.world.startProxy('n1', flagsOf([]));
      await t.eventually('TCP', async () => (await t.names('c1', t.vip(80), 80, nobody))[0] === 'b1');
      await t.eventually(
        'UDP from the same port',
        async () => (await t.names('c1', t.vip(81), 53, udp))[0] === 'b1',
      );
    },
  },
];

describeBehaviour({ mode: 'userspace', own, flagsOf, timeoutMs: 30_000 });

/** The timing of this mode has the names of iptables mode, as kube-proxy had it. */
function flagsOf(flags: readonly string[]): string[] {
  return usualFlags(flags).map((flag) => flag.replace('--nftables-', '--iptables-'));
}

async function inPod(t: Stage, pod: 'a2', args: string[]): Promise<void> {
  const { code, stderr } = await t.world.agents[pod].exec({ command: 'nft', args });
  if (code !== 0) throw new Error(stderr);
}

import { expect } from 'chai';
import { nobody, type Scenario, type Stage } from '../../../behaviour/scenario.ts';
import { describeBehaviour, usualFlags } from '../../../behaviour/suite.ts';

const own: readonly Scenario[] = [
  {
    name: 'after timeoutSeconds without a new connection a client may move',
    rule: '1.8, P-05',
    async run(t) {
      const clientIP = { timeoutSeconds: 1 };
      t.service({ spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP } } });
      t.endpoints(['a1', 'b1']);
      t.service({ name: 'quiet', vip: 81, spec: { internalTrafficPolicy: 'Local' } });
      t.endpoints(['b1'], { service: 'quiet' });
      await t.settled();
      const [first, ...next] = await t.names('c1', t.vip(80), 80, { times: 3 });
      expect(next).to.eql([first, first]);
      // Waits at a Service that drops what comes until the record is too old.
      expect(await t.ask('c1', t.vip(81), 80, { timeoutMs: 1500 })).to.eql(['silent']);
      expect(await t.names('c1', t.vip(80), 80)).to.not.eql([first]);
    },
  },
  {
    name: 'a deleted rule, a flushed chain and a flushed table are written anew',
    rule: '5 drift, 9.6',
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      for (const change of [['-D', 'PREROUTING', '1'], ['-F', 'KUBE-SERVICES'], ['-F']]) {
        await iptables(t, ['-t', 'nat', ...change]);
        expect(await t.names('c1', t.vip(80), 80, nobody)).to.not.eql(['b1']);
        await t.eventually(
          'the repair',
          async () => (await t.names('c1', t.vip(80), 80, nobody))[0] === 'b1',
        );
      }
    },
  },
  {
    name: 'a rule that somebody else put among ours is removed, and one of their own chains stays',
    rule: '5 drift',
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      await iptables(t, ['-N', 'THEIRS']);
      await iptables(t, ['-t', 'nat', '-I', 'KUBE-SERVICES', '-p', 'tcp', '--dport', '80', '-j', 'RETURN']);
      await t.eventually('the repair', async () => (await t.names('c1', t.vip(80), 80, nobody))[0] === 'b1');
      await iptables(t, ['-X', 'THEIRS']);
    },
  },
  {
    name: '--iptables-scheduler random picks by chance',
    rule: '2.2, R-06',
    flags: ['--iptables-scheduler', 'random'],
    async run(t) {
      t.service();
      t.endpoints(['a1', 'a2', 'b1', 'b2']);
      await t.settled();
      const names = await t.names('c1', t.vip(80), 80, { times: 48 });
      expect(new Set(names).size).to.equal(4);
      expect(names.every((name, i) => i < 4 || name === names[i - 4])).to.equal(false);
    },
  },
];

describeBehaviour({ mode: 'iptables', own, flagsOf, timeoutMs: 20_000 });

function flagsOf(flags: readonly string[]): string[] {
  const scheduler = flags.includes('--iptables-scheduler') ? [] : ['--iptables-scheduler', 'rr'];
  const all = [...usualFlags(flags), ...scheduler, '--service-cidr', '172.17.0.0/18,fd17::/64'];
  return all.map((flag) => flag.replace('--nftables-', '--iptables-'));
}

async function iptables(t: Stage, args: string[]): Promise<void> {
  const command = t.family === 'IPv4' ? 'iptables' : 'ip6tables';
  const { code, stderr } = await t.world.agents.n1.exec({ command, args: ['-w', ...args] });
  if (code !== 0) throw new Error(stderr);
}

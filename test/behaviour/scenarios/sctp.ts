import { expect } from 'chai';
import { repositoryRoot } from '../../../lib/root.ts';
import type { Scenario, Stage } from '../scenario.ts';

/** By raw packets: this kernel tracks and translates SCTP, whether or not it speaks it. */
export const sctpScenarios: readonly Scenario[] = [
  {
    name: 'SCTP goes round the endpoints by cluster IP and node port, and the answers come back',
    rule: '1.4, a basic SCTP service',
    modes: ['nftables', 'iptables'],
    async run(t) {
      t.service({ type: 'NodePort', ports: [{ port: 80, protocol: 'SCTP', nodePort: 30_080 }] });
      t.endpoints(['a1', 'b1'], { ports: [{ port: 7777, protocol: 'SCTP' }] });
      await t.settled();
      await serving(t, async () => {
        const names = [];
        for (let i = 0; i < 4; i++) names.push(await dialSctp(t, 'c1', t.vip(80), 80));
        expect([...new Set(names)].sort()).to.eql(['a1', 'b1']);
        expect(await dialSctp(t, 'out', t.address('n1'), 30_080)).to.match(/^(a1|b1)$/);
        expect(await dialSctp(t, 'n2', t.vip(80), 80)).to.match(/^(a1|b1)$/);
      });
    },
  },
  {
    name: 'SCTP to a Service without endpoints is refused',
    rule: '1.7',
    modes: ['nftables', 'iptables'],
    async run(t) {
      t.service({ ports: [{ port: 80, protocol: 'SCTP' }] });
      await t.settled();
      expect(await dialSctp(t, 'c1', t.vip(80), 80)).to.equal('refused');
    },
  },
];

const script = `${repositoryRoot()}/test/behaviour/sctp.pl`;

/** What an SCTP client hears: a pod's name, `refused` or `silent`. */
export async function dialSctp(
  t: Stage,
  from: 'c1' | 'out' | 'n2',
  host: string,
  port: number,
): Promise<string> {
  const args = [script, 'dial', t.family, host, `${port}`];
  const { stdout, stderr } = await t.world.agents[from].exec({ command: 'perl', args });
  return stdout.trim() || stderr;
}

async function serving(t: Stage, use: () => Promise<void>): Promise<void> {
  const pods = ['a1', 'b1'] as const;
  const log = `${t.world.folder}/sctp.log`;
  for (const pod of pods) {
    const args = [script, 'serve', t.family, '7777', pod];
    await t.world.agents[pod].start({ key: 'sctp', command: 'perl', args, log });
  }
  try {
    const heard = new Set<string>();
    await t.eventually('answers of both', async () => {
      heard.add(await dialSctp(t, 'c1', t.vip(80), 80));
      return pods.every((pod) => heard.has(pod));
    });
    await use();
  } finally {
    for (const pod of pods) await t.world.agents[pod].kill({ key: 'sctp', signal: 'SIGKILL' });
  }
}

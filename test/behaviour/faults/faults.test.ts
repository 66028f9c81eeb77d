import { expect } from 'chai';
import { createStage } from '../scenario.ts';
import type { FaultStage } from './fault-stage.ts';
import { describeFaults, type FaultCase } from './faults.ts';

const nft: readonly FaultCase[] = [
  {
    title: 'is not there when it starts says what to install',
    async run({ world, needs }) {
      const proxy = `${process.execPath} ${world.folder}/proxy.mjs --kubeconfig /dev/null`;
      const script = `mount --bind /dev/null ${needs.file}; ${proxy}; code=$?; exit $code`;
      const args = ['--mount', 'sh', '-c', script];
      const { code, stderr } = await world.agents.c1.exec({ command: 'unshare', args });
      expect(stderr).to.equal(
        'proxy: could not run nft: it is not installed. Try apt-get install nftables.\n',
      );
      expect(code).to.equal(3);
    },
  },
];

const iptables: readonly FaultCase[] = [
  {
    title: 'is killed between two of its transactions leaves the old state or the new one, never a half',
    right: /^(a1|refused|b1)$/,
    async run(t) {
      const writer = t.program(t.needs.writer);
      for (const [endpoints, answer] of [
        [[], 'refused'],
        [['b1'], 'b1'],
      ] as const) {
        const before = await t.failures();
        writer.become('killed-between');
        t.endpoints(endpoints);
        await t.eventually('a failure', async () => (await t.failures()) > before);
        writer.become('none');
        await t.answersOf(answer);
      }
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, { times: 3 })).to.eql(['b1', 'b1', 'b1']);
    },
  },
  {
    title:
      'fails while that of the other family is slow: what was meant before does not come after what is meant now',
    async run(t) {
      const six = createStage(t.world, 'IPv6');
      const slow = t.program('ip6tables-restore');
      six.service({ name: 'six' });
      six.endpoints(['a1'], { service: 'six' });
      await t.settled();
      const before = await t.failures();
      const from = t.log().length;
      t.program(t.needs.writer).become('fail');
      slow.become('slow');
      t.endpoints(['b1']);
      six.endpoints(['a2'], { service: 'six' });
      await t.eventually('the slow one', async () => slow.slowOne('begun'));
      await t.eventually('a failure', async () => (await t.failures()) > before);
      slow.become('none');
      t.program(t.needs.writer).become('none');
      six.endpoints(['b1'], { service: 'six' });
      await t.eventually('its end', async () => slow.slowOne('over'));
      await t.settled();
      const checks = () => t.metric('n1', 'kubeproxy_drift_checks_total');
      const checked = await checks();
      await t.eventually('a look at the rules', async () => (await checks()) > checked);
      expect(t.log().slice(from)).not.to.include('the table was changed by somebody else');
      expect(await six.names('c1', six.vip(80), 80)).to.eql(['b1']);
    },
  },
  {
    title: 'is not there when it starts: mode userspace takes its place, and says why',
    async run(t) {
      await t.takeAway();
      await t.restart();
      await t.eventually('the fallback', async () => (await modeOf(t)) === 'userspace');
      expect(t.log()).to.include("can't use iptables proxier, trying userspace proxier");
      expect(t.log()).to.include('iptables-restore is not installed (package iptables)');
      const event = /^Warning ProxyModeFallback Node\/n1: mode userspace is at work: iptables: /;
      await t.eventually('the event', async () => t.world.api.events().some((one) => event.test(one)));
      t.endpoints(['b1']);
      await t.answersOf('b1');
      expect(await t.world.nft('n1', 'list', 'table', 'ip', 'nat'), 'left behind').to.include(
        'KUBE-SERVICES',
      );
    },
    async afterwards(t) {
      await t.giveBack();
      await t.restart();
      await t.eventually('mode iptables', async () => (await modeOf(t)) === 'iptables');
    },
  },
];

async function modeOf({ world }: FaultStage): Promise<string> {
  return (await world.agents.n1.http({ url: 'http://127.0.0.1:10249/proxyMode' })).body;
}

describeFaults({ mode: 'nftables', writer: 'nft', reader: 'nft', file: '/usr/sbin/nft' }, nft);

describeFaults(
  {
    mode: 'iptables',
    writer: 'iptables-restore',
    reader: 'iptables-save',
    file: '/usr/sbin/iptables',
  },
  iptables,
);

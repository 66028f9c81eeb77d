import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Scenario, Stage } from '../scenario.ts';

/** Files are written here, in place of an administrator; the flags say where. */
export const modeScenarios: readonly Scenario[] = [
  {
    name: 'the mode changes during a stream of requests: none fails, nothing of the old mode stays, others keep their rules',
    rule: 'switching modes',
    modes: ['nftables'],
    family: 'IPv4',
    async run(t) {
      const file = await proxyWithFile(t, 'nftables');
      await foreignRules(t);
      t.service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] });
      t.endpoints(['a1', 'b1']);
      await t.settled();
      const stream = requests(t);
      for (const mode of ['iptables', 'userspace', 'nftables'] as const) {
        write(file, mode);
        await t.eventually(`mode ${mode}`, async () => (await takeover(t)).mode === mode, 40_000);
        await t.eventually(`traces of ${mode} alone`, async () => (await traces(t)).join() === mode, 40_000);
        await stream.more(10);
      }
      const answers = await stream.end();
      expect(answers.length).to.be.greaterThan(30);
      expect(answers.filter((answer) => !/^(a1|b1) /.test(answer))).to.eql([]);
      expect(await t.world.nft('n1', 'list', 'table', 'ip', 'foreign')).to.include('192.0.2.9');
      expect(await iptablesSave(t)).to.include('--comment kubelet');
      await removeOthers(t);
    },
  },
  {
    name: 'a configuration that cannot be used changes nothing, and the log says why',
    rule: 'configuration file',
    modes: ['nftables'],
    family: 'IPv4',
    async run(t) {
      const file = await proxyWithFile(t, 'nftables');
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      writeFileSync(file, `${head}mode: nftables\nnonsense: true\n`);
      await t.eventually('the error in the log', async () =>
        /unknown field \\"nonsense\\"/.test(await log(t)),
      );
      writeFileSync(file, `${head}mode: ebpf\n`);
      await t.eventually('the error in the log', async () => /no such mode: ebpf/.test(await log(t)));
      expect((await takeover(t)).mode).to.equal('nftables');
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
    },
  },
  {
    name: 'where mode ipvs cannot work, iptables takes its place and the log has the message of the documents',
    rule: '2.3, P-04',
    modes: ['nftables'],
    family: 'IPv4',
    async run(t) {
      const file = await proxyWithFile(t, 'nftables');
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      write(file, 'ipvs');
      await t.eventually('the fallback', async () => (await takeover(t)).mode === 'iptables', 40_000);
      expect((await takeover(t)).why).to.match(/^ipvs: /);
      await t.eventually('the event', async () =>
        t.world.api
          .events()
          .some((one) => /^Warning ProxyModeFallback Node\/n1: mode iptables is at work: ipvs: /.test(one)),
      );
      expect(await log(t)).to.include("can't use ipvs proxier, trying iptables proxier");
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['b1']);
      write(file, 'nftables');
      await t.eventually('mode nftables', async () => (await takeover(t)).mode === 'nftables', 40_000);
      await t.eventually('no trace of iptables', async () => !(await traces(t)).includes('iptables'), 40_000);
      await removeOthers(t);
    },
  },
];

const head = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';

function write(file: string, mode: string): void {
  const periods = 'minSyncPeriod: 30ms, syncPeriod: 2s';
  const sections = `nftables: { ${periods} }\niptables: { ${periods}, scheduler: rr }\n`;
  writeFileSync(file, `${head}mode: ${mode}\nclusterCIDR: 172.16.0.0/16,fd16::/32\n${sections}`);
}

/** Both nodes' proxies with a configuration file each. Resolves with that of n1. */
async function proxyWithFile(t: Stage, mode: string): Promise<string> {
  const file = `${t.world.folder}/config.yaml`;
  write(file, mode);
  await t.world.useProxies(['--config', file]);
  return file;
}

async function takeover(t: Stage): Promise<{ mode: string; why?: string }> {
  const { body } = await t.world.agents.n1.http({ url: 'http://127.0.0.1:10249/configz' });
  return (JSON.parse(body) as { takeover: { mode: string; why?: string } }).takeover;
}

async function log(t: Stage): Promise<string> {
  const args = ['-c', `cat ${t.world.folder}/n1.log`];
  return (await t.world.agents.n1.exec({ command: 'sh', args })).stdout;
}

/** Requests from a pod, from the node and from outside, one after the other, until `end`. */
function requests(t: Stage): { more(count: number): Promise<void>; end(): Promise<string[]> } {
  const answers: string[] = [];
  let ended = false;
  const ask = async (from: 'c1' | 'n1' | 'out') => {
    const [host, port] = from === 'out' ? [t.address('n1'), 30_080] : [t.vip(80), 80];
    while (!ended) answers.push(...(await t.ask(from, host, port)));
  };
  const all = Promise.all((['c1', 'n1', 'out'] as const).map(ask));
  return {
    async more(count) {
      const from = answers.length;
      await t.eventually(`${count} more answers`, async () => answers.length >= from + count);
    },
    async end() {
      ended = true;
      await all;
      return answers;
    },
  };
}

/** What stands for rules of a network plug-in and of kubelet. */
async function foreignRules(t: Stage): Promise<void> {
  const { n1 } = t.world.agents;
  const input = 'table ip foreign {\n  chain x {\n    ip saddr 192.0.2.9 drop\n  }\n}\n';
  await n1.exec({ command: 'nft', args: ['-f', '-'], input });
  const rule = ['-m', 'comment', '--comment', 'kubelet', '-j', 'DROP'];
  for (const args of [
    ['-N', 'KUBE-FIREWALL'],
    ['-A', 'KUBE-FIREWALL', ...rule],
  ])
    await n1.exec({ command: 'iptables-nft', args });
}

/** Also the tables that iptables-nft never removes: later scenarios look at the whole ruleset. */
async function removeOthers(t: Stage): Promise<void> {
  const kept = ['foreign', 'filter', 'nat', 'mangle'].flatMap((table) => [`ip ${table}`, `ip6 ${table}`]);
  const input = kept.map((table) => `add table ${table}\ndelete table ${table}\n`).join('');
  await t.world.agents.n1.exec({ command: 'nft', args: ['-f', '-'], input });
}

/** The modes that have rules on n1. */
async function traces(t: Stage): Promise<string[]> {
  const tables = await t.world.nft('n1', 'list', 'tables');
  const saved = await iptablesSave(t);
  return [
    ...(/workshop-proxy(-b)?$/m.test(tables) ? ['nftables'] : []),
    ...(/KUBE-SERVICES/.test(saved) ? ['iptables'] : []),
    ...(/workshop-proxy-userspace/.test(tables) ? ['userspace'] : []),
  ];
}

async function iptablesSave(t: Stage): Promise<string> {
  return (await t.world.agents.n1.exec({ command: 'iptables-nft-save', args: [] })).stdout;
}

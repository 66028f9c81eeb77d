import { expect } from 'chai';
import type { Scenario, Stage } from '../scenario.ts';
import type { Place } from '../world.ts';

/** What becomes of connections that are large, half over, or met by packets out of their window. */
export const connectionScenarios: readonly Scenario[] = [
  {
    name: 'large requests and answers come through whole, by cluster IP and node port',
    rule: '7.2 handle large requests',
    async run(t) {
      await expectWhole(t, 'c1', t.vip(80), 80);
      await expectWhole(t, 'out', t.address('n1'), nodePort);
    },
  },
  {
    name: 'large requests of the node itself and their answers come through whole',
    rule: '7.2 handle large requests',
    // IPVS meets the node's own datagrams before they are cut into fragments, and answers EMSGSIZE.
    modes: ['nftables', 'iptables', 'userspace'],
    async run(t) {
      await expectWhole(t, 'n1', t.vip(80), 80);
    },
  },
  {
    name: 'who has said all and waits still gets the answer, although the Service changes meanwhile',
    rule: '7.2 CLOSE_WAIT',
    async run(t) {
      t.service();
      t.endpoints(['b1'], { ports: [{ port: 7070 }] });
      await t.settled();
      const { c1, b1 } = t.world.agents;
      const order = { key: 'half', protocol: 'tcp', host: t.vip(80), port: 80, timeoutMs: 3000 } as const;
      expect(await c1.hold(order)).to.match(/^b1 /);
      const heard = c1.finish({ key: 'half' });
      await b1.hearEnd({ port: 7070 });
      t.endpoints(['a1']);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
      await b1.answer({ port: 7070, word: 'late' });
      expect(await heard).to.equal('late');
    },
  },
  {
    name: 'a packet from long before the TCP window ends no connection',
    rule: '7.2 connection reset issue #74839',
    async run(t) {
      expect(await sayDisturbed(t, '& 0xc0000000')).to.equal('on');
    },
  },
  {
    name: 'a packet of invalid conntrack state is dropped, and ends no connection',
    rule: '2.2 KUBE-FORWARD',
    // In mode nftables this is what the flag is for, in the others the kernel or the proxy has the connection in hand.
    modes: ['iptables', 'ipvs', 'userspace'],
    async run(t) {
      expect(await sayDisturbed(t, '| 0x3fffffff')).to.equal('on');
    },
  },
  {
    name: '--conntrack-tcp-be-liberal lets packets out of the TCP window pass translated',
    rule: '2.4 no INVALID-drop workaround',
    flags: ['--conntrack-tcp-be-liberal'],
    async run(t) {
      try {
        expect(await sayDisturbed(t, '| 0x3fffffff')).to.equal('on');
      } finally {
        for (const node of ['n1', 'n2'] as const) await strict(t, node);
      }
    },
  },
];

const nodePort = 30_080;

/** By TCP, and by UDP in a datagram of several fragments on networks of 1500 bytes. */
async function expectWhole(t: Stage, from: Place, host: string, door: number): Promise<void> {
  for (const [protocol, bytes, port] of [
    ['TCP', 300_000, 8080],
    ['UDP', 8000, 5353],
  ] as const) {
    t.service({ type: 'NodePort', ports: [{ port: 80, protocol, nodePort }] });
    t.endpoints(['b1'], { ports: [{ port, protocol }] });
    await t.settled();
    const order = {
      protocol: protocol === 'TCP' ? 'tcp' : 'udp',
      host,
      port: door,
      timeoutMs: 5000,
    } as const;
    expect(await t.world.agents[from].echo({ ...order, bytes }), protocol).to.equal('whole');
  }
}

/**
 * What a client hears that says `on` over a connection whose server's next packet bears a wrong sequence number, made by `change` out
 * of the right one. Where that packet reaches the client untranslated, the client resets a connection that it knows nothing of.
 */
async function sayDisturbed(t: Stage, change: string): Promise<string> {
  t.service();
  t.endpoints(['b1']);
  await t.settled();
  const { c1, b1 } = t.world.agents;
  await c1.hold({ key: 'disturbed', protocol: 'tcp', host: t.vip(80), port: 80, timeoutMs: 3000 });
  const once = 'limit rate 1/day burst 1 packets counter';
  const rule = `tcp sport 8080 tcp flags & psh == psh ${once} tcp sequence set tcp sequence ${change}`;
  const chain = `chain out { type filter hook output priority 0; ${rule}; }`;
  const nft = (input: string) => b1.exec({ command: 'nft', args: ['-f', '-'], input });
  expect((await nft(`table inet strange { ${chain}; }\n`)).stderr).to.equal('');
  const answer = await c1.say({ key: 'disturbed', word: 'on' });
  const { stdout } = await b1.exec({ command: 'nft', args: ['list', 'table', 'inet', 'strange'] });
  await nft('delete table inet strange\n');
  expect(stdout).to.include('counter packets 1 ');
  return answer;
}

/** The kernel's default again: it outlives the proxy that has set it. */
async function strict(t: Stage, node: 'n1' | 'n2'): Promise<void> {
  const args = ['-c', 'echo 0 > /proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal'];
  await t.world.agents[node].exec({ command: 'sh', args });
}

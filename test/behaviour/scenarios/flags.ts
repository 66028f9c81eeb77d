import { expect } from 'chai';
import { kernelModes, type Scenario } from '../scenario.ts';

const podsOnly = ['--detect-local-mode', 'NodeCIDR'];

/** What single flags of the proxy change. */
export const flagScenarios: readonly Scenario[] = [
  {
    name: '--endpoints-api endpoints serves from core/v1 Endpoints',
    rule: 'clusters without slices',
    flags: ['--endpoints-api', 'endpoints'],
    async run(t) {
      t.service();
      const put = (...pods: ('a1' | 'a2' | 'b1')[]) =>
        t.world.api.put('endpoints', {
          apiVersion: 'v1',
          kind: 'Endpoints',
          metadata: { name: 'web', namespace: 'default' },
          subsets: pods.map((pod) => ({
            addresses: [{ ip: t.address(pod), nodeName: pod === 'b1' ? 'n2' : 'n1' }],
            notReadyAddresses: [{ ip: t.address('b2'), nodeName: 'n2' }],
            ports: [{ port: 8080 }],
          })),
        } as never);
      const seen = async () => [...new Set(await t.names('c1', t.vip(80), 80, { times: 4 }))].sort().join();
      put('a1', 'b1');
      await t.eventually('both ready endpoints', async () => (await seen()) === 'a1,b1');
      put('a2');
      await t.eventually('the one left', async () => (await seen()) === 'a2');
    },
  },
  {
    name: '--masquerade-all hides pods behind their node',
    rule: '3',
    flags: ['--masquerade-all'],
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 80)).to.eql([`b1 ${t.address('n1')}`]);
    },
  },
  {
    name: '--detect-local-mode NodeCIDR: pods of the node keep their address, all others do not',
    rule: '3',
    modes: kernelModes,
    flags: podsOnly,
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 80)).to.eql([`b1 ${t.address('c1')}`]);
      expect(await t.ask('out', t.vip(80), 80)).to.eql([`b1 ${t.address('n1')}`]);
    },
  },
  {
    name: '--detect-local-mode InterfaceNamePrefix tells pods by where they come in',
    rule: '3',
    modes: kernelModes,
    flags: ['--detect-local-mode', 'InterfaceNamePrefix', '--pod-interface-name-prefix', 'pod-'],
    async run(t) {
      t.service({
        type: 'NodePort',
        ports: [{ port: 80, nodePort: 30_080 }],
        spec: { externalTrafficPolicy: 'Local' },
      });
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 80)).to.eql([`b1 ${t.address('c1')}`]);
      expect(await t.ask('c1', t.address('n1'), 30_080)).to.eql([`b1 ${t.address('c1')}`]);
      expect(await t.ask('out', t.vip(80), 80)).to.eql([`b1 ${t.address('n1')}`]);
    },
  },
  {
    name: '--nftables-scheduler random picks by chance',
    rule: '2.4',
    modes: ['nftables'],
    flags: ['--nftables-scheduler', 'random'],
    async run(t) {
      t.service();
      t.endpoints(['a1', 'a2', 'b1', 'b2']);
      await t.settled();
      const names = await t.names('c1', t.vip(80), 80, { times: 48 });
      // Each is missing from 48 picks out of 4 with a chance of 1 in a million.
      expect([...new Set(names)].sort(), names.join(' ')).to.eql(['a1', 'a2', 'b1', 'b2']);
      const inTurn = names.every((name, i) => i < 4 || name === names[i - 4]);
      expect(inTurn).to.equal(false);
    },
  },
  {
    name: '--nodeport-addresses opens node ports on the addresses of its networks alone',
    rule: '1.4, 2.4',
    flags: ['--nodeport-addresses', '192.168.57.0/24,fd57::/64'],
    async run(t) {
      t.service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] });
      t.endpoints(['b1']);
      const extra = t.family === 'IPv4' ? '192.168.57.11' : 'fd57::11';
      const bits = t.family === 'IPv4' ? 32 : 128;
      const address = async (verb: string) =>
        await t.world.agents.n1.exec({
          command: 'ip',
          args: ['addr', verb, `${extra}/${bits}`, 'dev', 'lo'],
        });
      await address('add');
      await t.settled();
      const seen = [await t.names('c1', extra, 30_080), await t.names('c1', t.address('n1'), 30_080)];
      await address('del');
      expect(seen).to.eql([['b1'], ['refused']]);
    },
  },
  {
    name: '--cleanup removes all of ours and nothing of others',
    rule: '5',
    modes: ['nftables'],
    family: 'IPv4',
    flags: ['--v', '5'],
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      await t.world.stopProxy('n1');
      await t.world.agents.n1.exec({ command: 'nft', args: ['add', 'table', 'ip', 'foreign'] });
      const args = [`${t.world.folder}/proxy.mjs`, '--cleanup'];
      const { code } = await t.world.agents.n1.exec({ command: process.execPath, args });
      expect(code).to.equal(0);
      expect(await t.world.nft('n1', 'list', 'ruleset')).to.equal('table ip foreign {\n}\n');
      await t.world.nft('n1', 'delete', 'table', 'ip', 'foreign');
    },
  },
];

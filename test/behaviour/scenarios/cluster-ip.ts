import { expect } from 'chai';
import { kernelModes, nobody, type Scenario } from '../scenario.ts';

export const clusterIpScenarios: readonly Scenario[] = [
  {
    name: 'a pod reaches every endpoint through the cluster IP, on whichever node it runs',
    rule: '1.5',
    async run(t) {
      t.service();
      t.endpoints(['a1', 'a2', 'b1', 'b2']);
      await t.settled();
      const names = await t.names('c1', t.vip(80), 80, { times: 8 });
      expect([...new Set(names)].sort()).to.eql(['a1', 'a2', 'b1', 'b2']);
    },
  },
  {
    name: 'requests go round the endpoints strictly in turn',
    rule: 'document 001',
    async run(t) {
      t.service();
      t.endpoints(['a1', 'a2', 'b1']);
      await t.settled();
      const names = await t.names('c1', t.vip(80), 80, { times: 9 });
      expect(new Set(names.slice(0, 3)).size).to.equal(3);
      expect(names.slice(3)).to.eql([...names.slice(0, 3), ...names.slice(0, 3)]);
    },
  },
  {
    name: 'the turn of one Service is not moved by another with as many endpoints',
    rule: 'document 001',
    async run(t) {
      for (const [name, vip] of [
        ['web', 80],
        ['other', 81],
      ] as const) {
        t.service({ name, vip });
        t.endpoints(['a1', 'b1'], { service: name });
      }
      await t.settled();
      const names: string[] = [];
      for (let i = 0; i < 6; i++) {
        names.push(...(await t.names('c1', t.vip(80), 80)));
        await t.names('c1', t.vip(81), 80);
      }
      expect(names.slice(0, 2).sort()).to.eql(['a1', 'b1']);
      expect(names.slice(2)).to.eql([...names.slice(0, 2), ...names.slice(0, 2)]);
    },
  },
  {
    name: 'a pod keeps its own address as the source',
    rule: '3',
    modes: kernelModes,
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 80)).to.eql([`b1 ${t.address('c1')}`]);
    },
  },
  {
    name: 'the shell of a node reaches the cluster IP',
    rule: '1.7, 3',
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('n1', t.vip(80), 80)).to.eql([`b1 ${t.address('n1')}`]);
      expect(await t.names('n2', t.vip(80), 80)).to.eql(['b1']);
    },
  },
  {
    name: 'a client that is no pod is masqueraded on its way to a cluster IP',
    rule: '3',
    async run(t) {
      t.service();
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('out', t.vip(80), 80)).to.eql([`b1 ${t.address('n1')}`]);
    },
  },
  {
    name: 'a pod reaches itself through its own Service',
    rule: '3 hairpin',
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      expect(await t.names('a1', t.vip(80), 80, { times: 2 })).to.eql(['a1', 'a1']);
    },
  },
  {
    name: 'a pod reaches itself also where the slice does not say on which node it is',
    rule: '3 hairpin',
    async run(t) {
      t.service();
      const [ip] = [t.address('a1')];
      t.world.api.put('endpointslices', {
        ...{ addressType: t.family, ports: [{ name: '', port: 8080, protocol: 'TCP' }] },
        ...{ endpoints: [{ addresses: [ip] }] },
        metadata: { namespace: 'default', name: 'by-hand', labels: { 'kubernetes.io/service-name': 'web' } },
      });
      await t.settled();
      expect(await t.names('a1', t.vip(80), 80)).to.eql(['a1']);
    },
  },
  {
    name: 'UDP works like TCP',
    rule: 'R-05',
    async run(t) {
      t.service({ ports: [{ port: 53, protocol: 'UDP' }] });
      t.endpoints(['a1', 'b1'], { ports: [{ port: 5353, protocol: 'UDP' }] });
      await t.settled();
      const names = await t.names('c1', t.vip(80), 53, { times: 4, protocol: 'udp' });
      expect([...new Set(names)].sort()).to.eql(['a1', 'b1']);
    },
  },
  {
    name: 'each port of a Service goes to a target port of its own',
    rule: '1.3',
    async run(t) {
      t.service({
        ports: [
          { name: 'http', port: 80 },
          { name: 'admin', port: 81 },
        ],
      });
      t.endpoints(['a1'], {
        ports: [
          { name: 'http', port: 8080 },
          { name: 'admin', port: 9090 },
        ],
      });
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
      expect(await t.names('c1', t.vip(80), 81)).to.eql(['a1:9090']);
    },
  },
  {
    name: 'one port number on TCP and on UDP are two things',
    rule: '1.3',
    async run(t) {
      t.service({
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53 },
        ],
      });
      t.endpoints(['a1'], { ports: [{ name: 'dns', port: 5353, protocol: 'UDP' }] });
      t.endpoints(['b1'], { name: 'web-2', ports: [{ name: 'dns-tcp', port: 8080 }] });
      await t.settled();
      expect(await t.names('c1', t.vip(80), 53, { protocol: 'udp' })).to.eql(['a1']);
      expect(await t.names('c1', t.vip(80), 53)).to.eql(['b1']);
    },
  },
  {
    name: 'a named target port may stand for different numbers in different pods',
    rule: '1.3, S-04',
    async run(t) {
      t.service({ ports: [{ name: 'http', port: 80 }] });
      t.endpoints(['a1'], { name: 'web-1', ports: [{ name: 'http', port: 8080 }] });
      t.endpoints(['b1'], { name: 'web-2', ports: [{ name: 'http', port: 9090 }] });
      await t.settled();
      const names = await t.names('c1', t.vip(80), 80, { times: 4 });
      expect([...new Set(names)].sort()).to.eql(['a1', 'b1:9090']);
    },
  },
  {
    name: 'several slices are one list of endpoints, and doubles in them count once',
    rule: '1.3',
    async run(t) {
      t.service();
      t.endpoints(['a1', 'b1'], { name: 'web-1' });
      t.endpoints(['b1', 'b2'], { name: 'web-2' });
      await t.settled();
      const names = await t.names('c1', t.vip(80), 80, { times: 6 });
      expect(names.slice(0, 3).sort()).to.eql(['a1', 'b1', 'b2']);
      expect(names.slice(3)).to.eql(names.slice(0, 3));
    },
  },
  {
    name: 'without endpoints a TCP client is refused at once, from a pod and from a node',
    rule: '1.7',
    async run(t) {
      t.service();
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 80)).to.eql(['refused']);
      expect(await t.ask('n1', t.vip(80), 80)).to.eql(['refused']);
    },
  },
  {
    name: 'without endpoints a UDP client hears that the port is unreachable',
    rule: '1.7',
    async run(t) {
      t.service({ ports: [{ port: 53, protocol: 'UDP' }] });
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 53, { protocol: 'udp' })).to.eql(['refused']);
    },
  },
  {
    name: 'a port that the Service does not have is refused on its cluster IP',
    rule: '2.4 cluster-ips',
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 4711)).to.eql(['refused']);
      expect(await t.ask('n1', t.vip(80), 4711)).to.eql(['refused']);
    },
  },
  {
    name: 'an address of the service network that nobody has leads nowhere',
    rule: '2.4 cluster-ips',
    // In mode iptables it is refused, as a port that nobody has.
    modes: ['nftables', 'ipvs', 'userspace'],
    flags: ['--service-cidr', '172.17.0.0/18,fd17::/64'],
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      expect(await t.ask('c1', t.vip(99), 80, nobody)).to.eql(['silent']);
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
    },
  },
  {
    name: 'the networks of cluster IPs are those of the ServiceCIDRs, also when these change',
    rule: '1.1, Service CIDRs',
    modes: ['nftables'],
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      const chain = [t.family === 'IPv4' ? 'ip' : 'ip6', 'workshop-proxy', 'cluster-ip-check'];
      const rules = () => t.world.nft('n1', 'list', 'chain', ...chain);
      const unused = () => t.ask('c1', t.vip(99), 80, { timeoutMs: 500 });
      const cidrs = t.family === 'IPv4' ? ['172.17.0.0/18'] : ['fd17::/64'];
      t.world.api.put('servicecidrs', { metadata: { name: 'kubernetes' }, spec: { cidrs } } as never);
      await t.eventually('the drop', async () => (await rules()).includes(`daddr ${cidrs[0]} drop`));
      expect(await unused()).to.eql(['silent']);
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
      t.world.api.remove('servicecidrs', 'kubernetes');
      await t.eventually('no drop', async () => !(await rules()).includes(`daddr ${cidrs[0]} drop`));
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
    },
  },
  {
    name: 'internalTrafficPolicy Local: only endpoints of the own node',
    rule: '1.7',
    async run(t) {
      t.service({ spec: { internalTrafficPolicy: 'Local' } });
      t.endpoints(['a1', 'b1', 'b2']);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, { times: 4 })).to.eql(['a1', 'a1', 'a1', 'a1']);
      expect(new Set(await t.names('n2', t.vip(80), 80, { times: 4 }))).to.eql(new Set(['b1', 'b2']));
    },
  },
  {
    name: 'internalTrafficPolicy Local without an endpoint on the node: dropped',
    rule: '1.7',
    async run(t) {
      t.service({ spec: { internalTrafficPolicy: 'Local' } });
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.ask('c1', t.vip(80), 80, nobody)).to.eql(['silent']);
      expect(await t.ask('n1', t.vip(80), 80, nobody)).to.eql(['silent']);
      expect(await t.names('n2', t.vip(80), 80)).to.eql(['b1']);
    },
  },
];

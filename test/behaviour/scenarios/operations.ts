import { expect } from 'chai';
import { baseFlags, kernelModes, type Scenario } from '../scenario.ts';

export const operationScenarios: readonly Scenario[] = [
  {
    name: 'rules stay when the proxy ends, and it takes up its table when it comes back',
    rule: '5',
    modes: kernelModes,
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      expect(await t.world.stopProxy('n1')).to.equal(0);
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
      t.endpoints(['b1']);
      await t.world.startProxy('n1', baseFlags);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80, { times: 2 })).to.eql(['b1', 'b1']);
    },
  },
  {
    name: 'connections and affinity outlive a killed proxy and its restart',
    rule: '5, 1.8',
    modes: kernelModes,
    family: 'IPv4',
    async run(t) {
      const timeout = { clientIP: { timeoutSeconds: 600 } };
      t.service({ spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: timeout } });
      t.service({ name: 'another', vip: 70, spec: { sessionAffinity: 'ClientIP' } });
      t.endpoints(['a1', 'a2', 'b1', 'b2']);
      t.endpoints(['a1', 'a2', 'b1', 'b2'], { service: 'another' });
      await t.settled();
      const [first] = await t.names('c1', t.vip(80), 80);
      const [second] = await t.names('a1', t.vip(70), 80, { times: 2 });
      const order = { key: 'over', protocol: 'tcp', host: t.vip(80), port: 80, timeoutMs: 3000 } as const;
      expect(await t.world.agents.c1.hold(order)).to.match(new RegExp(`^${first} `));
      await t.world.stopProxy('n1', 'SIGKILL');
      t.service({ name: 'aardvark', vip: 71 });
      await t.world.startProxy('n1', baseFlags);
      await t.settled();
      expect(await t.world.agents.c1.say({ key: 'over', word: 'on' })).to.equal('on');
      expect(await t.names('c1', t.vip(80), 80, { times: 3 })).to.eql([first, first, first]);
      expect(await t.names('a1', t.vip(70), 80, { times: 3 })).to.eql([second, second, second]);
    },
  },
  {
    name: 'rules stay while the API server is away, and catch up after',
    rule: '5',
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      t.world.api.away(true);
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
      t.world.api.away(false);
      t.endpoints(['b1']);
      await t.settled();
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['b1']);
    },
  },
  {
    name: 'a watch that has become too old is listed anew, and what was deleted meanwhile goes',
    rule: '5',
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      t.service({ name: 'gone', vip: 81 });
      t.endpoints(['b1'], { service: 'gone' });
      await t.settled();
      t.world.api.away(true);
      t.world.api.remove('services', 'default/gone');
      t.world.api.dropWatches(true);
      t.world.api.away(false);
      await t.settled();
      await t.eventually('the rules of the gone Service to go', async () => {
        return !(await t.names('c1', t.vip(81), 80, { timeoutMs: 300 })).includes('b1');
      });
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
    },
  },
  {
    name: 'a deleted table is written anew',
    rule: '5 drift',
    modes: ['nftables'],
    family: 'IPv4',
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      await t.world.nft('n1', 'delete', 'table', t.family === 'IPv4' ? 'ip' : 'ip6', 'workshop-proxy');
      await t.eventually(
        'the repair',
        async () => (await t.names('c1', t.vip(80), 80, { timeoutMs: 300 }))[0] === 'a1',
      );
    },
  },
  {
    name: 'what is deleted is repaired at once, long before the next check',
    rule: '5 drift',
    modes: ['nftables'],
    flags: ['--nftables-sync-period', '10m'],
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      const ip = t.family === 'IPv4' ? 'ip' : 'ip6';
      const key = `{ ${t.vip(80)} . tcp . 80 }`;
      const damages = [
        ['delete', 'element', ip, 'workshop-proxy', 'services', key],
        ['flush', 'chain', ip, 'workshop-proxy', 'dispatch'],
        ['delete', 'table', ip, 'workshop-proxy'],
      ];
      for (const damage of damages) {
        const repairs = await t.metric('n1', 'kubeproxy_drift_repairs_total');
        await t.world.nft('n1', ...damage);
        await t.eventually(
          `the repair after ${damage.join(' ')}`,
          async () => (await t.metric('n1', 'kubeproxy_drift_repairs_total')) > repairs,
        );
        await t.eventually('an answer', async () => {
          return (await t.names('c1', t.vip(80), 80, { timeoutMs: 300 }))[0] === 'a1';
        });
        // The repair removed the old table, so a look follows; before it, the repair may not be over.
        const checks = await t.metric('n1', 'kubeproxy_drift_checks_total');
        await t.eventually('a look after the repair', async () => {
          return (await t.metric('n1', 'kubeproxy_drift_checks_total')) > checks;
        });
      }
    },
  },
  {
    name: 'a single deleted element is noticed and repaired',
    rule: '5 drift',
    modes: ['nftables'],
    family: 'IPv4',
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      const ip = t.family === 'IPv4' ? 'ip' : 'ip6';
      await t.world.nft(
        'n1',
        'delete',
        'element',
        ip,
        'workshop-proxy',
        'services',
        `{ ${t.vip(80)} . tcp . 80 }`,
      );
      await t.eventually(
        'the repair',
        async () => (await t.names('c1', t.vip(80), 80, { timeoutMs: 300 }))[0] === 'a1',
      );
    },
  },
  {
    name: 'a rule that somebody else put into the table is removed',
    rule: '5 drift',
    modes: ['nftables'],
    family: 'IPv4',
    async run(t) {
      t.service();
      t.endpoints(['a1']);
      await t.settled();
      const ip = t.family === 'IPv4' ? 'ip' : 'ip6';
      await t.world.nft('n1', 'insert', 'rule', ip, 'workshop-proxy', 'dispatch', 'tcp dport 80 drop');
      await t.eventually(
        'the repair',
        async () => (await t.names('c1', t.vip(80), 80, { timeoutMs: 300 }))[0] === 'a1',
      );
    },
  },
  {
    name: 'marks of others pass unchanged, and none of ours is left',
    rule: 'docs/nftables.md',
    modes: ['nftables'],
    async run(t) {
      t.service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] });
      t.endpoints(['b1']);
      await t.settled();
      const ip = t.family === 'IPv4' ? 'ip' : 'ip6';
      const syn = 'tcp flags & (syn | ack) == syn';
      const chain = (name: string, hook: string, rules: string[]) =>
        [`chain ${name} {`, `type filter hook ${hook};`, ...rules, '}'].join('\n');
      const input = [
        `table ${ip} watcher {`,
        chain('before', 'prerouting priority -150', [`${syn} meta mark set 0xa5`]),
        chain('after', 'postrouting priority 150', [
          `${syn} meta mark 0xa5 counter`,
          `${syn} meta mark != 0xa5 counter comment "other"`,
        ]),
        '}\n',
      ].join('\n');
      const { stderr } = await t.world.agents.n1.exec({ command: 'nft', args: ['-f', '-'], input });
      expect(stderr).to.equal('');
      expect(await t.names('out', t.address('n1'), 30_080, { times: 2 })).to.eql(['b1', 'b1']);
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['b1']);
      const text = await t.world.nft('n1', 'list', 'table', ip, 'watcher');
      await t.world.nft('n1', 'delete', 'table', ip, 'watcher');
      expect(text).to.match(/meta mark 0x000000a5 counter packets 3 /);
      expect(text).to.match(/counter packets 0 bytes 0 comment "other"/);
    },
  },
  {
    name: '/healthz, /livez, /metrics and /proxyMode answer',
    rule: '6',
    modes: ['nftables'],
    family: 'IPv4',
    async run(t) {
      await t.settled();
      const get = (url: string) => t.world.agents.n1.http({ url });
      const healthz = await get('http://127.0.0.1:10256/healthz');
      expect(healthz.code).to.equal(200);
      expect(JSON.parse(healthz.body)).to.have.keys('lastUpdated', 'currentTime', 'nodeEligible');
      expect((await get('http://127.0.0.1:10256/livez')).code).to.equal(200);
      expect((await get('http://127.0.0.1:10249/proxyMode')).body).to.equal('nftables');
      const { body } = await get('http://127.0.0.1:10249/metrics');
      expect(body).to.match(/^kubeproxy_sync_proxy_rules_duration_seconds_count [1-9]/m);
      expect(body).to.match(/^kubeproxy_drift_repairs_total /m);
    },
  },
  {
    name: 'what an administrator should hear of becomes events of the Node and of Services',
    rule: '6 Events',
    family: 'IPv4',
    async run(t) {
      const { n1 } = t.world.agents;
      await n1.serve({ name: 'somebody', port: 32_111, protocol: 'tcp' });
      t.service({
        type: 'LoadBalancer',
        ports: [{ port: 80, nodePort: 30_080 }],
        ingress: [{ ip: t.routed(5) }],
        spec: { externalTrafficPolicy: 'Local', healthCheckNodePort: 32_111 },
      });
      t.endpoints(['a1']);
      await t.settled();
      expect(t.world.api.events().join('\n')).to.match(/^Normal Starting Node\/n1: mode [a-z]+$/m);
      const taken = /^Warning FailedToStartServiceHealthcheck Service\/web: .* port 32111: .*EADDRINUSE/;
      await t.eventually('the event', async () => t.world.api.events().some((one) => taken.test(one)));
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
    },
  },
  {
    name: 'a node that is being removed is not eligible, but alive',
    rule: '6',
    family: 'IPv4',
    async run(t) {
      const { putNodes } = await import('../world.ts');
      t.world.api.put('nodes', {
        ...{
          spec: {
            taints: [{ key: 'ToBeDeletedByClusterAutoscaler' }],
            podCIDRs: ['172.16.1.0/24', 'fd16:0:0:1::/64'],
          },
        },
        ...{
          status: {
            addresses: [t.address('n1'), 'fd56::11'].map((address) => ({ type: 'InternalIP', address })),
          },
        },
        metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'zone-1' } },
      });
      const get = (path: string) => t.world.agents.n1.http({ url: `http://127.0.0.1:10256/${path}` });
      await t.eventually('503', async () => (await get('healthz')).code === 503);
      expect((await get('livez')).code).to.equal(200);
      putNodes(t.world.api);
      await t.eventually('200', async () => (await get('healthz')).code === 200);
    },
  },
];

import { expect } from 'chai';
import { expand } from '../../../../sandbox/node/pods/expand.ts';
import { hostnameOf, hostsFile } from '../../../../sandbox/node/pods/hosts-file.ts';
import type { Pod } from '../../../../sandbox/node/pods/pod.ts';
import { resolvConf } from '../../../../sandbox/node/pods/resolv-conf.ts';

const pod = (spec: object): Pod => ({
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [], ...spec },
});

describe('expanding $(NAME)', () => {
  for (const [text, expected] of [
    ['$(A)', 'one'],
    ['x$(A)y$(B)', 'xoney'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$one'],
    ['$(MISSING)', '$(MISSING)'],
    ['$(toString)', '$(toString)'],
    ['$A ${A} $(A', '$A ${A} $(A'],
    ['$', '$'],
  ] as const) {
    it(`${text} → ${expected}`, () => expect(expand(text, { A: 'one', B: '' })).to.equal(expected));
  }
});

describe('resolv.conf', () => {
  const dns = { server: '172.17.0.10', domain: 'cluster.local' };
  const host = 'nameserver 9.9.9.9\nsearch lan\noptions edns0\n';
  for (const [what, spec, expected] of [
    [
      'ClusterFirst',
      {},
      'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 172.17.0.10\noptions ndots:5\n',
    ],
    ['Default', { dnsPolicy: 'Default' }, 'search lan\nnameserver 9.9.9.9\noptions edns0\n'],
    [
      'ClusterFirst on the host network',
      { hostNetwork: true },
      'search lan\nnameserver 9.9.9.9\noptions edns0\n',
    ],
    [
      'None with dnsConfig',
      {
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['1.1.1.1'], searches: ['a.b'], options: [{ name: 'debug' }] },
      },
      'search a.b\nnameserver 1.1.1.1\noptions debug\n',
    ],
    [
      'an option of its own over the default',
      { dnsConfig: { options: [{ name: 'ndots', value: '2' }] } },
      'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 172.17.0.10\noptions ndots:2\n',
    ],
  ] as const) {
    it(what, () => expect(resolvConf(pod(spec), dns, host)).to.equal(expected));
  }
});

describe('hosts', () => {
  it("ends with the pod's own name, in full when it has a subdomain", () => {
    expect(hostsFile(pod({}), '172.16.1.2', 'cluster.local')).to.match(/\n172\.16\.1\.2\tweb\n$/);
    const inDomain = pod({ hostname: 'h', subdomain: 'sub' });
    expect(hostsFile(inDomain, '172.16.1.2', 'cluster.local')).to.include(
      '\th.sub.shop.svc.cluster.local\th\n',
    );
  });

  it('cuts a long pod name to a host name', () => {
    const name = `${'a'.repeat(62)}-bcd`;
    expect(hostnameOf({ metadata: { name }, spec: { containers: [] } })).to.equal('a'.repeat(62));
  });
});

import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { WorkshopError } from '../../../../lib/errors.ts';
import { shellWord } from '../../../../lib/shell-word.ts';
import { configText } from '../../../../scripts/proxy/install/config-text.ts';
import { isGood } from '../../../../scripts/proxy/install/credentials.ts';
import { parseFacts } from '../../../../scripts/proxy/install/facts.ts';
import { judge } from '../../../../scripts/proxy/install/judge.ts';
import { ownPorts } from '../../../../scripts/proxy/install/own-ports.ts';
import { unitText } from '../../../../scripts/proxy/install/unit.ts';

const good = `system Linux
user 0
systemd yes
program:node /usr/bin/node
program:nft /usr/sbin/nft
program:conntrack /usr/sbin/conntrack
program:ip /usr/sbin/ip
node-version v20.19.2
nft-version 1.0.6
`;

describe('whether a machine can have the proxy', () => {
  it('is yes where everything is there', () => {
    expect(judge('n1', 'nftables', parseFacts(good))).to.equal(undefined);
  });

  const refused: [string, string, RegExp][] = [
    ['another system', good.replace('Linux', 'Darwin'), /runs Darwin, not Linux/],
    ['somebody who is not root', good.replace('user 0', 'user 1000'), /may not become root/],
    ['no systemd', good.replace('systemd yes\n', ''), /not run by systemd/],
    ['no Node.js', good.replace('program:node /usr/bin/node\n', ''), /has no Node.js/],
    ['an old Node.js', good.replace('v20.19.2', 'v18.19.0'), /Node.js is v18.19.0, 20 or newer/],
    ['no nft', good.replace('program:nft /usr/sbin/nft\n', ''), /the program nft is missing/],
    ['a kube-proxy at work', `${good}kube-proxy 4711\n`, /kube-proxy runs there \(process 4711\)/],
    [
      'rules of a kube-proxy',
      `${good}kube-proxy-rules the nft table ip kube-proxy\n`,
      /rules of kube-proxy are left/,
    ],
    [
      'no way to the API server',
      `${good}unreachable ECONNREFUSED\n`,
      /does not reach the API server: ECONNREFUSED/,
    ],
  ];
  for (const [title, facts, message] of refused) {
    it(`is no with ${title}`, () => {
      const error = judge('n1', 'nftables', parseFacts(facts));
      expect(error).to.be.instanceOf(WorkshopError).and.have.property('fault', 'environment');
      expect(error?.message)
        .to.match(/^could not install the proxy on n1: /)
        .and.match(message);
      expect(error?.advice).to.not.equal(undefined);
    });
  }

  it('depends on the mode', () => {
    expect(judge('n1', 'ipvs', parseFacts(good))?.message).to.include('the program ipvsadm is missing');
    expect(judge('n1', 'userspace', parseFacts(good))).to.equal(undefined);
  });

  it('is yes with rules under names of kube-proxy where our unit is: two of our modes make them', () => {
    const ours = `${good}program:iptables /usr/sbin/iptables\nkube-proxy-rules the chain KUBE-SERVICES of iptables\nsum:unit abc\n`;
    expect(judge('n1', 'iptables', parseFacts(ours))).to.equal(undefined);
  });
});

describe('what is put on a machine', () => {
  it('is a configuration that keeps what somebody set, and loses it only when told to', () => {
    const edited = 'kind: KubeProxyConfiguration\nmode: iptables\nnodePortAddresses: [10.0.0.0/8]\n';
    expect(configText({ mode: 'nftables' }, edited)).to.equal(edited);
    const overruled = configText({ mode: 'nftables', scheduler: 'rr', overrule: true }, edited);
    expect(overruled).to.include('mode: nftables').and.include('10.0.0.0/8').and.include('scheduler: rr');
    expect(configText({ mode: 'nftables', scheduler: 'rr', overrule: true }, overruled)).to.equal(overruled);
  });

  it('is asked for its state where its configuration puts it', () => {
    expect(ownPorts('mode: ipvs')).to.deep.equal({
      configz: 'http://127.0.0.1:10249/configz',
      healthz: 'http://127.0.0.1:10256/healthz',
    });
    expect(ownPorts('healthzBindAddress: 192.0.2.1:1\nmetricsBindAddress: "[::]:2"\n')).to.deep.equal({
      configz: 'http://[::1]:2/configz',
      healthz: 'http://192.0.2.1:1/healthz',
    });
  });

  it('is a certificate that is kept for the same server and authority until a month before its end', () => {
    const sum = createHash('sha256').update('ca').digest('hex').slice(0, 16);
    const line = `# server=https://192.0.2.1:6443 ca=${sum} expires=2027-01-31T00:00:00Z`;
    const at = (day: string) => isGood(line, 'https://192.0.2.1:6443', 'ca', Date.parse(day));
    expect(at('2026-12-01')).to.equal(true);
    expect(at('2027-01-15')).to.equal(false);
    expect(isGood(line, 'https://192.0.2.2:6443', 'ca', 0)).to.equal(false);
    expect(isGood(undefined, 'https://192.0.2.1:6443', 'ca')).to.equal(false);
  });

  it('is a unit with two capabilities and no more', () => {
    const unit = unitText('worker-node01', '/usr/bin/node');
    expect(unit.match(/^CapabilityBoundingSet=.*$/gm)).to.deep.equal([
      'CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW',
    ]);
    for (const line of ['NoNewPrivileges=yes', 'ProtectSystem=strict', 'Restart=always'])
      expect(unit).to.include(line);
  });

  it('is quoted for any shell', () => {
    expect(shellWord('a-b_c/d=1')).to.equal('a-b_c/d=1');
    expect(shellWord(`it's; $(rm)`)).to.equal(`'it'\\''s; $(rm)'`);
  });
});

import { expect } from 'chai';
import { WorkshopError } from '../../lib/errors.ts';
import { helpText } from '../../proxy/flags.ts';
import { parseOptions } from '../../proxy/options.ts';

const base = ['--kubeconfig', 'x'];

describe('the command line of the proxy', () => {
  it('has defaults', () => {
    const options = parseOptions([...base, '--hostname-override', 'Node-A']);
    expect(options).to.deep.include({
      action: 'run',
      nodeName: 'node-a',
      healthz: { host: '0.0.0.0', port: 10_256 },
      metrics: { host: '127.0.0.1', port: 10_249 },
    });
    expect(options.plan).to.deep.include({
      mode: 'nftables',
      syncPeriodMs: 30_000,
      scheduler: 'rr',
      masqueradeAll: false,
      nodePortCidrs: 'primary',
    });
  });

  it('understands times, networks and addresses', () => {
    const options = parseOptions([
      ...base,
      ...['--nftables-sync-period', '1m30s', '--cluster-cidr', '10.0.0.0/8,fd00::/8'],
      ...['--metrics-bind-address', '[::1]:9', '--healthz-bind-address', ''],
    ]);
    expect(options.plan.syncPeriodMs).to.equal(90_000);
    expect(options.plan.detector).to.eql({ kind: 'cidr', cidrs: ['10.0.0.0/8', 'fd00::/8'] });
    expect(options.metrics).to.eql({ host: '::1', port: 9 });
    expect(options.healthz).to.equal(undefined);
  });

  for (const [given, portRange] of [
    ['', undefined],
    ['0-0', undefined],
    ['40000-40999', { from: 40_000, to: 40_999 }],
    ['40000+99', { from: 40_000, to: 40_099 }],
    ['40000', { from: 40_000, to: 40_000 }],
  ] as const) {
    it(`reads the range of ports "${given}" as kube-proxy does`, () => {
      const { plan } = parseOptions([...base, '--proxy-port-range', given, '--udp-timeout', '250ms']);
      expect(plan.userspace).to.eql({ portRange, udpTimeoutMs: 250 });
    });
  }

  const wrong: [string[], RegExp, RegExp?][] = [
    [[], /--kubeconfig: a file is needed/],
    [
      [...base, '--cluster-cdir', '1.2.3.0/24'],
      /--cluster-cdir: no such flag/,
      /--cluster-cidr; did you mean that/,
    ],
    [[...base, '--wholly-unknown'], /no such flag/, /proxy --help/],
    [[...base, 'word'], /the word "word"/],
    [[...base, '--proxy-mode', 'ebpf'], /--proxy-mode: no such mode: ebpf/, /nftables/],
    [[...base, '--nftables-scheduler', 'wrr'], /--nftables-scheduler: no such scheduler: wrr/],
    [[...base, '--cluster-cidr', '10.0.0.0'], /--cluster-cidr: not a network: 10.0.0.0/],
    [[...base, '--nftables-sync-period', '30'], /--nftables-sync-period: not a time: 30/],
    [[...base, '--nftables-masquerade-bit', '32'], /--nftables-masquerade-bit: not a number from 0 to 31/],
    [[...base, '--metrics-bind-address', 'here'], /--metrics-bind-address: not an address and port/],
    [[...base, '--detect-local-mode', 'Guess'], /--detect-local-mode: no such mode: Guess/],
    [[...base, '--detect-local-mode', 'BridgeInterface'], /--pod-bridge-interface: a name is needed/],
    [
      [...base, '--detect-local-mode', 'BridgeInterface', '--pod-bridge-interface', 'a" drop'],
      /not an interface name/,
    ],
    [[...base, '--bind-address', 'nonsense'], /--bind-address: not an IP address/],
    [[...base, '--proxy-port-range', '9-8'], /--proxy-port-range: not a range of ports: 9-8/, /40000-49999/],
    [[...base, '--proxy-port-range', '60000+9000'], /--proxy-port-range: not a range of ports/],
    [[...base, '--udp-timeout', '0'], /--udp-timeout: it must be longer than nothing/],
    [[...base, '--kubeconfig'], /could not read the command line/],
  ];
  for (const [argv, message, advice] of wrong) {
    it(`refuses ${argv.slice(2).join(' ') || 'to run without a kubeconfig'}`, () => {
      try {
        parseOptions(argv);
        expect.fail('accepted');
      } catch (error) {
        if (!(error instanceof WorkshopError)) throw error;
        expect(error.fault).to.equal('usage');
        expect(error.message).to.match(message);
        if (advice) expect(error.advice).to.match(advice);
      }
    });
  }

  it('is explained by --help in lines that fit a wide terminal', () => {
    expect(helpText()).to.include('--nodeport-addresses CIDR,…');
    for (const line of helpText().split('\n')) expect(line.length, line).to.be.at.most(160);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { WorkshopError } from '../../../lib/errors.ts';
import { parseConfig } from '../../../proxy/config/config-file.ts';
import { parseOptions } from '../../../proxy/options.ts';

const head = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';

describe('a KubeProxyConfiguration', () => {
  it('means what the flags of the same meaning do', () => {
    const { values } = parseConfig(
      `${head}mode: iptables\nclusterCIDR: 10.0.0.0/8\niptables: { syncPeriod: 5s, masqueradeAll: true }\nnodePortAddresses: [10.0.0.0/8, fd00::/8]\n`,
      'x',
    );
    expect(values).to.eql({
      'proxy-mode': 'iptables',
      'cluster-cidr': '10.0.0.0/8',
      'iptables-sync-period': '5s',
      'masquerade-all': true,
      'nodeport-addresses': '10.0.0.0/8,fd00::/8',
    });
  });

  it('may have every field, as kubeadm writes it; those without meaning here are named when they are set', () => {
    const { values, unused } = parseConfig(
      `${head}mode: ""\noomScoreAdj: -999\nbindAddressHardFail: false\nconntrack: { maxPerCore: null, min: 5 }\nwinkernel: { enableDSR: false }\nlogging: { flushFrequency: 0 }\nnftables: { syncPeriod: 0s }\n`,
      'x',
    );
    expect(values).to.eql({});
    expect(unused).to.eql(['oomScoreAdj', 'conntrack.min']);
  });

  it('leaves masqueradeAll of the section of another mode alone', () => {
    const { values } = parseConfig(`${head}mode: nftables\niptables: { masqueradeAll: true }\n`, 'x');
    expect(values).to.eql({ 'proxy-mode': 'nftables' });
  });

  const wrong: [string, RegExp][] = [
    ['- 1', /it is no object/],
    ['kind: Pod', /it is no KubeProxyConfiguration of kubeproxy.config.k8s.io\/v1alpha1/],
    [`${head}modus: iptables`, /unknown field "modus"/],
    [`${head}iptables: { minSyncPeriode: 1s }`, /unknown field "iptables.minSyncPeriode"/],
    [`${head}clusterCIDR: [{}]`, /the field "clusterCIDR" is no text/],
    ['a: [', /could not read x/],
  ];
  for (const [text, message] of wrong) {
    it(`is refused: ${message.source}`, () => {
      expect(() => parseConfig(text, 'x')).to.throw(WorkshopError, message);
    });
  }

  it('wins over flags, and a wrong value is named by its field', () => {
    const folder = mkdtempSync(`${tmpdir()}/proxy-config-`);
    const file = `${folder}/c.yaml`;
    try {
      writeFileSync(file, `${head}mode: ipvs\nipvs: { scheduler: sed }\n`);
      const argv = ['--config', file, '--kubeconfig', 'x', '--proxy-mode', 'nftables'];
      expect(parseOptions(argv).plan).to.include({ mode: 'ipvs', scheduler: 'sed' });
      writeFileSync(file, `${head}mode: ipvs\nipvs: { scheduler: best }\n`);
      expect(() => parseOptions(argv)).to.throw(
        /could not use the field ipvs.scheduler of .*: no such scheduler: best/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

import { expect } from 'chai';
import { cleanupIpvs } from '../../../../proxy/backends/ipvs/cleanup.ts';
import type { Stage } from '../stage.ts';

const foreign = '10.99.0.1:8000';

/** What others did and what earlier runs left: found, mended, or left alone. */
export function repairScenarios(stage: Stage): void {
  before(async () => {
    await stage.see('ipvsadm', '-A', '-t', foreign, '-s', 'wlc');
    await stage.see('ipvsadm', '-a', '-t', foreign, '-r', '10.99.0.2:8000', '-m', '-w', '3');
    await stage.see('iptables', '-t', 'nat', '-A', 'PREROUTING', '-p', 'tcp', '--dport', '1', '-j', 'ACCEPT');
    await stage.see('ipset', 'create', 'SOMEBODYS', 'hash:ip');
    stage.next();
    stage.service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] });
    stage.endpoints(['a1', 'a2']);
    await stage.sync(true);
  });

  after(async () => {
    await stage.see('ipvsadm', '-D', '-t', foreign);
    await stage.see('ipset', 'destroy', 'SOMEBODYS');
  });

  /** Of the command line, VIP stands for the Service's cluster IP. */
  const faults: [string, string, ...string[]][] = [
    ['a deleted virtual server', 'ipvsadm', '-D', '-t', 'VIP:80'],
    ['a deleted real server', 'ipvsadm', '-d', '-t', 'VIP:80', '-r', '172.16.1.2:8080'],
    ['a changed weight', 'ipvsadm', '-e', '-t', 'VIP:80', '-r', '172.16.1.2:8080', '-m', '-w', '7'],
    ['a changed scheduler', 'ipvsadm', '-E', '-t', 'VIP:80', '-s', 'lc'],
    ['an additional real server', 'ipvsadm', '-a', '-t', 'VIP:80', '-r', '10.9.9.9:80', '-m'],
    ['a removed address', 'ip', 'addr', 'del', 'VIP/32', 'dev', 'kube-ipvs0'],
    ['a removed device', 'ip', 'link', 'del', 'kube-ipvs0'],
    ['a deleted set element', 'ipset', 'del', 'WORKSHOP-EXTERNAL', '192.168.56.11,tcp:30080'],
    ['an additional set element', 'ipset', 'add', 'WORKSHOP-REJECT', 'VIP,tcp:80'],
    ['a flushed chain', 'iptables', '-t', 'nat', '-F', 'WORKSHOP-IPVS-POSTROUTING'],
    [
      'a deleted jump',
      'iptables',
      '-D',
      'INPUT',
      '-m',
      'conntrack',
      '--ctstate',
      'NEW',
      '-j',
      'WORKSHOP-IPVS-INPUT',
    ],
  ];
  for (const [what, command, ...args] of faults) {
    it(`finds and mends ${what}`, async () => {
      expect(await stage.backend.verify()).to.equal(undefined);
      await stage.see(command, ...args.map((word) => word.replace('VIP', stage.vip)));
      expect(await stage.backend.verify()).to.be.a('string');
      await stage.sync(true);
      expect(await stage.backend.verify()).to.equal(undefined);
      expect(await stage.names('c1', stage.vip, 80))
        .to.be.an('array')
        .and.not.include('refused');
    });
  }

  it('knows its own after a restart: keeps what is wanted, removes what is not', async () => {
    stage.restart();
    stage.remove();
    stage.next();
    stage.service({ name: 'next' });
    stage.endpoints(['a3'], { service: 'next' });
    await stage.sync();
    await stage.backend.verify();
    const table = await stage.see('ipvsadm', '-Ln');
    expect(table)
      .to.include(`${stage.vip}:80`)
      .and.not.include(':30080')
      .and.not.match(/:8080 +Masq +1 .*\n.*:8080 +Masq +1 /);
    expect(table).to.include(foreign);
    expect(await stage.names('c1', stage.vip, 80)).to.deep.equal(['a3']);
  });

  it('leaves everything of others, and nothing of its own, after the clean-up', async () => {
    expect(await cleanupIpvs())
      .to.include(`virtual server TCP ${stage.vip}:80`)
      .and.include('device kube-ipvs0');
    const table = (await stage.see('ipvsadm', '-Sn')).trim().split('\n');
    expect(table).to.deep.equal([`-A -t ${foreign} -s wlc`, `-a -t ${foreign} -r 10.99.0.2:8000 -m -w 3`]);
    expect(await stage.see('ipset', 'list', '-n')).to.equal('SOMEBODYS\n');
    for (const save of ['iptables-save', 'ip6tables-save']) {
      expect(await stage.see(save)).to.not.include('WORKSHOP');
    }
    expect(await stage.see('iptables-save')).to.include('--dport 1 -j ACCEPT');
    expect(await stage.see('ip', 'link')).to.not.include('kube-ipvs0');
    expect(await cleanupIpvs()).to.deep.equal([]);
  });

  it('builds everything up again after a clean-up', async () => {
    await stage.sync(true);
    expect(await stage.names('c1', stage.vip, 80)).to.deep.equal(['a3']);
    stage.remove('next');
  });
}

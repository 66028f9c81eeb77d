import { expect } from 'chai';
import { type TestCluster, testCluster } from './cluster.ts';

describe('changing the mode of the proxies', function () {
  this.timeout(90_000);
  let cluster: TestCluster;
  before(async () => {
    cluster = await testCluster();
  });
  after(() => cluster?.workshop(['proxy', 'mode', 'nftables', '--quiet']));

  const nodes = ['master-node', 'worker-node01', 'worker-node02'];

  it('says on stderr, node by node, what it waits for and what has come', async () => {
    const { stdout, stderr, exitCode } = await cluster.workshop(['proxy', 'mode', 'iptables']);
    expect(exitCode, stderr).to.equal(0);
    for (const node of nodes) {
      expect(stderr)
        .to.contain(` • ${node}: mode iptables …\n`)
        .and.match(new RegExp(` ✓ ${node}: mode iptables \\([\\d.]+ s\\)\n`));
      expect(stdout).to.match(new RegExp(`^${node} +iptables +random$`, 'm'));
    }
  });

  it('with --json has results alone on stdout, and with --quiet says nothing else', async () => {
    const words = ['proxy', 'mode', 'nftables', '--node', 'worker-node01', '--json', '--quiet'];
    const { stdout, stderr } = await cluster.workshop(words);
    expect(JSON.parse(stdout)[0]).to.include({ node: 'worker-node01', mode: 'nftables' });
    expect(stderr).to.equal('');
  });

  it('marks a node by what has come: without ipvs in the kernel that is another mode, and a failure', async () => {
    const words = ['proxy', 'mode', 'ipvs', '--node', 'worker-node02'];
    const { stdout, stderr, exitCode } = await cluster.workshop(words);
    const [, mode] = /^worker-node02 +(\S+)/m.exec(stdout) ?? [];
    expect(mode, stderr).to.be.oneOf(['ipvs', 'iptables']);
    expect(stderr).to.contain(` ${mode === 'ipvs' ? '✓' : '✗'} worker-node02: mode ipvs (`);
    expect(exitCode).to.equal(mode === 'ipvs' ? 0 : 3);
    const json = await cluster.workshop([...words, '--json', '--quiet']);
    expect(JSON.parse(json.stdout)[0]).to.include({ node: 'worker-node02', mode });
    expect(json.exitCode).to.equal(exitCode);
    const why = ' ! could not run mode ipvs on worker-node02: ';
    expect(json.stderr.slice(0, why.length)).to.equal(mode === 'ipvs' ? '' : why);
  });
});

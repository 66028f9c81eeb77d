import { expect } from 'chai';
import { type KnownCluster, knownByKubeconfig } from './known-by-kubeconfig.ts';

describe('a node out of reach', function () {
  this.timeout(120_000);
  let known: KnownCluster;
  before(async () => {
    known = await knownByKubeconfig();
  });
  after(() => known?.forget());

  const workshop = (...argv: string[]) => known.workshop(known.kubeconfig, ...argv);
  const refused = 'ssh: connect to host 192.168.56.12 port 22: Connection refused';

  describe('does not hide the proxies of the others', () => {
    let restore: () => void;
    before(() => {
      restore = known.breakWay('worker-node02', `echo '${refused}' >&2; exit 255`);
    });
    after(() => restore());

    it('in the table, which tells the reason, and the exit code is 3', async () => {
      const { stdout, stderr, exitCode } = await workshop('proxy', 'status');
      const [head, ...rows] = stdout.trim().split('\n');
      expect(head, stderr).to.match(/^NODE +MODE +HEALTH +LAST SYNC +SYNCS +PROBLEM$/);
      expect(rows).to.have.lengthOf(3);
      for (const row of rows.slice(0, 2))
        expect(row).to.match(/^(master-node|worker-node01) +nftables +healthy/);
      expect(rows[2])
        .to.match(/^worker-node02 +unknown +unknown/)
        .and.contain(refused);
      expect(stderr).to.match(/^Try: ssh .*worker-node02 true$/m);
      expect(exitCode).to.equal(3);
    });

    it('in the modes, too', async () => {
      const { stdout, exitCode } = await workshop('proxy', 'mode');
      expect(stdout)
        .to.match(/^worker-node01 +nftables$/m)
        .and.contain(refused);
      expect(exitCode).to.equal(3);
    });

    it('in JSON, one document', async () => {
      const { stdout, exitCode } = await workshop('proxy', 'status', '--json');
      const [first, , last] = JSON.parse(stdout);
      expect(first).to.include({ node: 'master-node', mode: 'nftables' }).and.not.have.property('problem');
      expect(last).to.include({ node: 'worker-node02', mode: 'unknown' });
      expect(last.problem).to.equal(`could not reach worker-node02: ${refused}`);
      expect(exitCode).to.equal(3);
    });

    it('unless only others are asked for', async () => {
      const { stdout, exitCode } = await workshop('proxy', 'status', 'worker-node01');
      expect(stdout).to.not.contain('PROBLEM');
      expect(exitCode).to.equal(0);
    });
  });

  it('is told as what it is when ssh gets there, but not as root', async () => {
    const restore = known.breakWay('master-node', "echo 'sudo: a password is required' >&2; exit 1");
    try {
      const { stdout, stderr, exitCode } = await workshop('proxy', 'status');
      expect(stdout).to.match(
        /^master-node .*could not run a command on master-node: sudo: a password is required$/m,
      );
      expect(stderr).to.contain('Try: --ssh-user root');
      expect(exitCode).to.equal(3);
    } finally {
      restore();
    }
  });
});

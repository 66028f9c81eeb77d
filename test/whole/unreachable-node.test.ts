import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { repositoryRoot } from '../../lib/root.ts';
import type { Finding } from '../../scripts/doctor/check.ts';
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

    it('in the rules, of which those of the others are printed', async () => {
      const { stdout, stderr, exitCode } = await workshop('proxy', 'rules');
      expect(stdout.match(/^# .*|^table ip workshop-proxy /gm)).to.deep.equal([
        ...['# master-node', 'table ip workshop-proxy ', '# worker-node01', 'table ip workshop-proxy '],
      ]);
      expect(stderr).to.contain(`could not reach worker-node02: ${refused}. Try: ssh `);
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

  describe('is found by doctor', () => {
    const findings = async () => {
      const { stdout, stderr, exitCode } = await workshop('doctor', '--json');
      expect(stderr).to.equal('');
      return { exitCode, found: JSON.parse(stdout) as Finding[] };
    };

    it('which finds nothing where every node gives a shell', async () => {
      const { found, exitCode } = await findings();
      expect(found.map(({ id, ok }) => `${id} ${ok}`)).to.deep.equal([
        'cluster true',
        ...['shell-master-node true', 'shell-worker-node01 true', 'shell-worker-node02 true'],
      ]);
      expect(exitCode).to.equal(0);
    });

    const broken: [what: string, script: string, message: RegExp, advice: RegExp][] = [
      ['is cut off', `echo '${refused}' >&2; exit 255`, /Connection refused$/, /^ssh .*worker-node01 true$/],
      [
        'lets nobody become root',
        "echo 'sudo: a password is required' >&2; exit 1",
        /^could not run a command on worker-node01: sudo: a password is required$/,
        /NOPASSWD/,
      ],
      ['gives somebody else a shell', 'echo 1000; exit', /but as the user 1000$/, /^--ssh-user root$/],
    ];
    for (const [what, script, message, advice] of broken) {
      it(`when it ${what}, by its name, with what to type, and the others well`, async () => {
        const restore = known.breakWay('worker-node01', script);
        try {
          const { found, exitCode } = await findings();
          const [bad, ...more] = found.filter(({ ok }) => !ok);
          expect(more).to.deep.equal([]);
          expect(bad).to.include({ id: 'shell-worker-node01', required: true });
          expect(bad?.message).to.match(message);
          expect(bad?.advice).to.match(advice);
          expect(exitCode).to.equal(3);
        } finally {
          restore();
        }
      });
    }

    it('which says so in one finding where the whole cluster is another one', async () => {
      const settings = join(known.folder, 'other.yaml');
      const own = readFileSync(join(repositoryRoot(), 'settings.yaml'), 'utf8');
      writeFileSync(settings, own.replace('worker-node02', 'worker-node03'));
      const { stdout, exitCode } = await workshop('doctor', '--settings', settings);
      expect(stdout).to.match(/^ ✗ cluster: could not use .*the cluster has no node worker-node03/s);
      expect(stdout).to.not.contain('shell-');
      expect(exitCode).to.equal(3);
      // What was said of the settings holds until something else is said.
      await workshop('status', '--settings', join(repositoryRoot(), 'settings.yaml'));
    });

    it('of a sandbox that runs, too, in its own way', async () => {
      const { stdout } = await known.sandbox.workshop(['doctor']);
      for (const { name } of known.cluster.nodes)
        expect(stdout).to.contain(` ✓ shell-${name}: ${name} gives a shell as root\n`);
    });
  });
});

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import { nameOfKubeconfig } from '../../lib/cluster/kubeconfig/name.ts';
import { run } from '../../lib/exec.ts';
import { clusterPaths } from '../../lib/paths.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { labLabel } from '../../scripts/verify/lab-context.ts';
import type { TestCluster } from './cluster.ts';
import { command, type KnownCluster, knownByKubeconfig } from './known-by-kubeconfig.ts';

describe('a cluster of --kubeconfig', function () {
  this.timeout(120_000);
  let known: KnownCluster;
  let sandbox: TestCluster;
  let cluster: Cluster;
  let folder: string;
  let kubeconfig: string;
  let env: Record<string, string>;

  before(async () => {
    known = await knownByKubeconfig();
    ({ sandbox, cluster, folder, kubeconfig, env } = known);
  });
  after(() => known?.forget());

  const workshop = (...argv: string[]) => known.workshop(kubeconfig, ...argv);

  it('keeps its claims, those of the API and those that need a shell on every node', async () => {
    const { stdout, stderr, exitCode } = await workshop('verify', 'P-06', 'S-05', '--json');
    expect(exitCode, stdout + stderr).to.equal(0);
    const { cluster: name, checks } = JSON.parse(stdout);
    expect(name).to.equal(nameOfKubeconfig(kubeconfig));
    expect(checks).to.have.lengthOf(2);
    const { stdout: claims } = await workshop('claims', '--json');
    const seen = JSON.parse(claims).find(({ id }: { id: string }) => id === 'S-05');
    expect(seen.results[0]).to.include({ backend: 'kubeconfig', result: 'kept' });
  });

  it('loses what a killed run left, but nothing of a run at another computer', async () => {
    for (const [name, host] of [
      ['lab-left-here', hostname()],
      ['lab-of-another', 'elsewhere'],
    ] as const) {
      await sandbox.kubectl(['create', 'namespace', name]);
      await sandbox.kubectl(['label', 'namespace', name, `${labLabel}=x`]);
      const notes = ['workshop/runner=999999999', `workshop/runner-host=${host}`];
      await sandbox.kubectl(['annotate', 'namespace', name, ...notes]);
    }
    await workshop('verify', 'L-04');
    const wait = ['wait', '--for=delete', 'namespace/lab-left-here', '--timeout=30s'];
    expect(await sandbox.kubectl(wait)).to.include({ exitCode: 0 });
    const other = await sandbox.kubectl(['get', 'namespace', 'lab-of-another', '--output', 'json']);
    await sandbox.kubectl(['delete', 'namespace', 'lab-of-another']);
    expect(JSON.parse(other.stdout).status.phase).to.equal('Active');
  });

  it('breaks a claim when a node has lost its proxy', async () => {
    await cluster.components.stop('proxy@worker-node02');
    try {
      const { stdout, exitCode } = await workshop('verify', 'S-05', '--json');
      const [check] = JSON.parse(stdout).checks;
      expect(check.outcome).to.equal('failed');
      // The lab's client may be on that node, too; then it gets no answer before anybody looks at the proxy.
      expect(check.finding.expected).to.match(
        /^the proxy of worker-node02 is healthy|^an answer to every request/,
      );
      expect(exitCode).to.equal(1);
    } finally {
      await cluster.components.start('proxy@worker-node02');
    }
  });

  it('is shown, has nodes with a shell, and rules', async () => {
    const status = await workshop('status', '--json');
    expect(JSON.parse(status.stdout), status.stderr).to.include({ ready: true, kubeconfig });
    const host = await workshop(
      'ssh',
      'worker-node01',
      '--',
      'sh',
      '-c',
      'echo "$1  $(hostname)"',
      'sh',
      "it's",
    );
    expect(host.stdout).to.equal("it's  worker-node01\n");
    const code = await workshop('ssh', 'worker-node01', '--', 'sh', '-c', 'exit 4');
    expect(code.exitCode).to.equal(4);
    const rules = await workshop('proxy', 'rules', 'worker-node01', 'default/kubernetes');
    expect(rules.stdout).to.contain('172.17.0.1');
  });

  it('lets a packet be followed, and a proxy of the workshop change its mode', async () => {
    const packet = ['worker-node01', 'worker-node01', 'default/kubernetes'];
    const trace = await workshop('proxy', 'trace', ...packet);
    expect(trace.stdout, trace.stderr).to.contain('192.168.56.10');
    for (const mode of ['iptables', 'nftables']) {
      const changed = await workshop('proxy', 'mode', mode, '--node', 'worker-node02');
      expect(changed.stdout, changed.stderr).to.match(new RegExp(`worker-node02 +${mode}`));
    }
  });

  it("takes a learner through a step, with the user's own file untouched and no copy of its key", async () => {
    const before = { text: readFileSync(kubeconfig, 'utf8'), time: statSync(kubeconfig).mtimeMs };
    const begun = await workshop('start', 'ports/two-ports', '--predict', '1');
    expect(begun.exitCode, begun.stderr).to.equal(0);
    const [, list = ''] = /export KUBECONFIG=(\S+)/.exec(begun.stderr) ?? [];
    const solved = await workshop('solve');
    expect(solved.exitCode, solved.stderr).to.equal(0);
    const mine = await run('kubectl', ['get', 'services', '--output', 'name'], { env: { KUBECONFIG: list } });
    expect(mine.stdout).to.contain('service/');
    await workshop('reset', '--lab');
    const { text, time } = before;
    expect(readFileSync(kubeconfig, 'utf8')).to.equal(text);
    expect(statSync(kubeconfig).mtimeMs).to.equal(time);
    const own = clusterPaths(nameOfKubeconfig(kubeconfig), env['WORKSHOP_STATE_DIR']).root;
    const [, key = 'none'] = /client-key-data: (\S+)/.exec(text) ?? [];
    for (const file of readdirSync(own)) {
      expect(readFileSync(join(own, file), 'utf8'), file).not.to.contain(key);
      expect(statSync(join(own, file)).mode & 0o077, file).to.equal(0);
    }
    expect((await workshop('status')).stdout).to.contain('You are at the step 11-ports/10-two-ports');
  });

  it('is refused where the settings speak of another one, field by field', async () => {
    const settings = join(folder, 'settings.yaml');
    const own = readFileSync(join(repositoryRoot(), 'settings.yaml'), 'utf8');
    writeFileSync(
      settings,
      own
        .replace('worker-node02', 'worker-node03')
        .replace('172.17.0.0/18', '172.18.0.0/18')
        .replace('172.17.0.10', '172.18.0.10'),
    );
    const { stderr, exitCode } = await workshop('verify', 'P-06', '--settings', settings);
    expect(stderr)
      .to.contain('nodes[2].name: the cluster has no node worker-node03; did you mean worker-node02?')
      .and.contain('network.services: 172.18.0.0/18, but the Service kubernetes')
      .and.contain('network.dns: 172.18.0.10, but the Service kube-dns has 172.17.0.10');
    expect(exitCode).to.equal(2);
  });

  it('is known by its name, too, with what was said of its nodes before', async () => {
    const first = await workshop('status', '--ssh-port', '2222', '--ssh-key', 'some-key');
    expect(first.exitCode, first.stderr).to.equal(0);
    await workshop('status');
    const name = nameOfKubeconfig(kubeconfig);
    const file = clusterPaths(name, env['WORKSHOP_STATE_DIR']).record;
    const { ssh } = JSON.parse(readFileSync(file, 'utf8'));
    expect(ssh).to.deep.equal({ port: '2222', key: resolve('some-key') });
    const { stdout } = await run(process.execPath, [command, 'kubeconfig', 'path', '--name', name], { env });
    expect(stdout).to.equal(`${kubeconfig}\n`);
    const refused = await run(process.execPath, [command, 'down', '--name', name], { env, okCodes: [2] });
    expect(refused.stderr)
      .to.contain(`could not end the cluster of ${kubeconfig}`)
      .and.contain('Try: rm -r /');
  });

  it('is told to be away when nobody listens at its address', async () => {
    const real = kubeconfig;
    kubeconfig = join(folder, 'away.conf');
    try {
      const text = readFileSync(real, 'utf8').replace(/https:\/\/127\.0\.0\.1:\d+/, 'https://127.0.0.1:1');
      writeFileSync(kubeconfig, text, { mode: 0o600 });
      const { stderr, exitCode } = await workshop('verify', 'P-06');
      expect(stderr).to.contain(`could not reach the cluster of ${kubeconfig}`);
      expect(exitCode).to.equal(3);
    } finally {
      kubeconfig = real;
    }
  });
});

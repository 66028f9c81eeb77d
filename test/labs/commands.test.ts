import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openCluster } from '../../lib/cluster/open.ts';
import { clusterPaths } from '../../lib/paths.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { waitFor } from '../../lib/wait.ts';
import { labLabel } from '../../scripts/verify/lab-context.ts';
import { interruptAt } from '../scripts/type.ts';
import { type TestCluster, testCluster } from '../whole/cluster.ts';

/** apply, verify, claims and proxy as people type them, on a running cluster. */
describe('on a running cluster', function () {
  this.timeout(120_000);
  let cluster: TestCluster;
  before(async () => {
    cluster = await testCluster();
  });

  async function labNamespaces(): Promise<string[]> {
    const { stdout } = await cluster.kubectl([
      'get',
      'namespaces',
      '--selector',
      labLabel,
      '--output',
      'name',
    ]);
    return stdout.split('\n').filter((line) => line !== '');
  }

  async function noneLeft(): Promise<void> {
    await waitFor(async () => (await labNamespaces()).length === 0, {
      what: 'the end of the namespaces of labs',
      timeoutMs: 30_000,
    });
  }

  it('workshop apply and kubectl apply follow one another', async () => {
    const manifest = join(repositoryRoot(), 'manifests', 'nginx-service.yaml');
    const outcomes: string[] = [];
    for (const act of [
      () => cluster.workshop(['apply', 'nginx-service']),
      () => cluster.workshop(['apply', 'nginx-service']),
      () => cluster.kubectl(['apply', '--filename', manifest]),
    ]) {
      outcomes.push((await act()).stdout.trim());
    }
    await cluster.kubectl(['delete', '--filename', manifest]);
    const name = 'service/nginx-service';
    expect(outcomes).to.deep.equal([`${name} created`, `${name} unchanged`, `${name} unchanged`]);
  });

  it("workshop apply tells the API server's refusal in one sentence", async () => {
    const bad = join(cluster.stateDir, 'bad.yaml');
    writeFileSync(
      bad,
      'apiVersion: v1\nkind: Service\nmetadata: { name: bad }\nspec: { ports: [{ port: 70000 }] }\n',
    );
    const { exitCode, stderr } = await cluster.workshop(['apply', bad]);
    expect(stderr).to.include('spec.ports[0].port: Invalid value: 70000');
    expect(exitCode).to.equal(2);
  });

  it('workshop verify prints JSON and writes JUnit, and the ledger knows the result', async () => {
    const junit = join(cluster.stateDir, 'results.xml');
    const { stdout, exitCode } = await cluster.workshop(['verify', 'L-09', '--json', '--junit', junit]);
    expect(exitCode).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.include({ code: 0, passed: 1, failed: 0, broken: 0 });
    expect(readFileSync(junit, 'utf8')).to.include('<testsuites name="workshop" tests="1" failures="0"');
    expect((await cluster.workshop(['claims'])).stdout).to.match(/^L-09 .* kept /m);
  });

  it('workshop verify without a check that fits ends with 5, never green', async () => {
    const { exitCode, stderr } = await cluster.workshop(['verify', '--grep', 'no such words']);
    expect(exitCode).to.equal(5);
    expect(stderr).to.include('no check was run');
  });

  it('workshop verify ends with 4 when its time is up', async () => {
    const { exitCode, stderr } = await cluster.workshop(['verify', '01-pods', '--timeout', '500ms']);
    expect(stderr).to.include('could not verify in time');
    expect(exitCode).to.equal(4);
  });

  it('workshop verify ends with 3 while the API server is away', async () => {
    const name = cluster.env['WORKSHOP_NAME'] ?? '';
    const { components, close } = openCluster(name, clusterPaths(name, cluster.stateDir));
    await components.stop('apiserver');
    try {
      const { exitCode, stderr } = await cluster.workshop(['verify', 'L-04']);
      expect(exitCode).to.equal(3);
      expect(stderr).to.not.match(/\n\s+at /);
    } finally {
      await components.start('apiserver');
      close();
    }
    expect((await cluster.workshop(['verify', 'L-04'])).exitCode).to.equal(0);
  });

  it('Ctrl-C ends verify at once, and the namespaces of its labs go', async () => {
    await noneLeft();
    const command = join(repositoryRoot(), 'scripts/bin/workshop.js');
    const env = { ...process.env, ...cluster.env };
    const child = spawn(process.execPath, [command, 'verify', '01-pods', '02-clusterip'], {
      env,
      stdio: 'ignore',
    });
    const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
    await waitFor(async () => (await labNamespaces()).length > 0, {
      what: 'namespaces of labs',
      timeoutMs: 20_000,
    });
    child.kill('SIGINT');
    const [code] = await ended;
    expect(code).to.equal(130);
    await noneLeft();
  });

  it('Ctrl-C has verify print what it has found so far', async () => {
    const name = cluster.env['WORKSHOP_NAME'] ?? '';
    // Z-02 runs alone, after the others.
    const args = ['verify', 'L-09', 'Z-02', '--name', name];
    const { exitCode, stdout } = await interruptAt(cluster.stateDir, args, 'Z-02 …');
    expect(exitCode).to.equal(130);
    expect(stdout).to.match(/^ L-09 .* kept /m);
    expect(stdout).to.include('1 of 1 checks passed');
    await noneLeft();
  });

  it('workshop verify sweeps what a killed run has left', async () => {
    await cluster.kubectl(['create', 'namespace', 'lab-left']);
    await cluster.kubectl(['label', 'namespace', 'lab-left', `${labLabel}=99-left`]);
    expect((await cluster.workshop(['verify', 'L-04'])).exitCode).to.equal(0);
    await noneLeft();
  });

  it('workshop proxy shows mode and health of each node, and the rules of a Service', async () => {
    const status = await cluster.workshop(['proxy', 'status']);
    expect(status.stdout).to.match(/^NODE +MODE +HEALTH/);
    expect(status.stdout.match(/nftables +healthy/g)).to.have.lengthOf(3);
    const rules = await cluster.workshop(['proxy', 'rules', 'worker-node01', 'default/kubernetes']);
    expect(rules.stdout).to.include('172.17.0.1');
    expect(rules.stdout).to.not.include('172.17.0.10 ');
    const missing = await cluster.workshop(['proxy', 'rules', 'worker-node01', 'default/none']);
    expect(missing.exitCode).to.equal(2);
    expect(missing.stderr).to.include('could not find the Service default/none');
  });
});

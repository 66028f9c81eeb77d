import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { manifestName } from '../../lib/bundle/bundle.ts';
import { type RunResult, run } from '../../lib/exec.ts';
import { bundleFolder } from '../../lib/paths.ts';
import { waitFor } from '../../lib/wait.ts';
import { workshop } from '../scripts/type.ts';

const bundle = process.env['WORKSHOP_BUNDLE'] ?? bundleFolder();
const missing = existsSync(join(bundle, manifestName))
  ? ''
  : ` (left out: there is no bundle ${bundle}; make one by workshop bundle, or name it in WORKSHOP_BUNDLE)`;

describe(`a sandbox below the control plane of Kubernetes${missing}`, function () {
  this.timeout(600_000);
  let state = '';
  const real = (args: readonly string[]) => workshop(state, [...args, '--name', 'real'], 500_000);
  const kubectl = (args: readonly string[]) =>
    run('kubectl', ['--kubeconfig', join(state, 'real', 'kubeconfig'), ...args], { timeoutMs: 60_000 });

  before(async function () {
    if (missing !== '') return this.skip();
    state = mkdtempSync(join(tmpdir(), 'real-'));
    succeeds(await real(['up', '--control-plane', 'kubernetes', '--bundle', bundle]));
  });

  after(async () => {
    if (state === '') return;
    await real(['down']);
    expect(programsRunning(`${bundle}/bin/`).filter((line) => line.includes(state))).to.deep.equal([]);
    rmSync(state, { recursive: true, force: true });
  });

  it('is served by kube-apiserver, with three nodes and their roles', async () => {
    const { stdout } = await kubectl(['version', '-o', 'json']);
    const { serverVersion } = JSON.parse(stdout) as { serverVersion: { gitVersion: string } };
    expect(serverVersion.gitVersion).to.equal('v1.35.4');
    const nodes = await kubectl(['get', 'nodes', '--no-headers']);
    expect(nodes.stdout.match(/ Ready /g)).to.have.length(3);
    expect(nodes.stdout).to.match(/master-node +Ready +control-plane/);
  });

  it('keeps nodes and proxies to what the node authorizer and RBAC allow', async () => {
    const at = ['--server', await server()];
    const may = async (who: string, ...what: string[]) => {
      const config = ['--kubeconfig', join(state, 'real', 'kubeconfigs', `${who}.conf`)];
      const args = [...config, ...at, 'auth', 'can-i', ...what];
      return (await run('kubectl', args, { okCodes: [0, 1], timeoutMs: 60_000 })).stdout.trim();
    };
    expect(await may('proxy', 'list', 'services')).to.equal('yes');
    expect(await may('proxy', 'list', 'secrets')).to.equal('no');
    expect(await may('node-worker-node01', 'list', 'nodes')).to.equal('yes');
    expect(await may('node-worker-node01', 'delete', 'services')).to.equal('no');
  });

  it('runs CoreDNS itself, with a token of its own account', async () => {
    const { stdout } = await kubectl(['-n', 'kube-system', 'logs', 'deploy/coredns']);
    expect(stdout).to.match(/CoreDNS-1\.13\.1/);
  });

  it('keeps every claim', async () => {
    succeeds(await real(['apply']));
    const result = await real(['verify', '--all']);
    expect(result.exitCode, result.stdout).to.equal(0);
  });

  it('starts a killed kube-apiserver again; what was in etcd is there', async () => {
    const [pid = ''] = programsRunning(`${bundle}/bin/kube-apiserver`)
      .filter((line) => line.includes(state))
      .map((line) => line.split(' ')[0] ?? '');
    process.kill(Number(pid), 'SIGKILL');
    await waitFor(async () => (await kubectl(['get', 'deployment', 'hostname-deployment'])).exitCode === 0, {
      what: 'the API server',
      timeoutMs: 120_000,
      intervalMs: 500,
    });
  });

  it('goes on from its state, and only with the same control plane', async () => {
    succeeds(await real(['down', '--keep-state']));
    const refused = await real(['up', '--control-plane', 'embedded']);
    expect(refused.exitCode).to.equal(3);
    expect(refused.stderr).to.contain('its state is of the kubernetes one');
    succeeds(await real(['up']));
    await kubectl(['get', 'deployment', 'hostname-deployment']);
  });

  async function server(): Promise<string> {
    const { stdout } = await kubectl(['config', 'view', '-o', 'jsonpath={.clusters[0].cluster.server}']);
    return stdout;
  }
});

function succeeds(result: RunResult): void {
  expect(result.exitCode, result.stderr).to.equal(0);
}

/** Lines `PID COMMAND…` of all processes whose command begins so. */
function programsRunning(begin: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return command.startsWith(begin) ? [`${pid} ${command}`] : [];
      } catch {
        return [];
      }
    });
}

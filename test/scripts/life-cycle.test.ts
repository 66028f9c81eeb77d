import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { supervisorOf } from '../../lib/cluster/lock.ts';
import { openCluster } from '../../lib/cluster/open.ts';
import { type ClusterRecord, readRecord } from '../../lib/cluster/record.ts';
import { run } from '../../lib/exec.ts';
import { resources } from '../../lib/kube/resources.ts';
import { clusterPaths } from '../../lib/paths.ts';
import { programCommand } from '../../lib/programs.ts';
import { waitFor } from '../../lib/wait.ts';
import { hostNetwork, namespaceOf, processesIn } from '../sandbox/supervise/host-state.ts';
import { interruptAt, workshop } from './type.ts';

const ms = { timeoutMs: 30_000, intervalMs: 50 };

describe('the life of a cluster', function () {
  this.timeout(120_000);
  const state = mkdtempSync(join(tmpdir(), 'life-'));
  let untouched: Record<string, string>;
  before(async () => {
    untouched = await hostNetwork();
  });
  after(async () => {
    await Promise.all(['one', 'two'].map((name) => workshop(state, ['down', '--name', name])));
    rmSync(state, { recursive: true, force: true });
  });

  const open = (name = 'one') => openCluster(name, clusterPaths(name, state));

  function recordOf(name: string): ClusterRecord & { init: { pid: number } } {
    const record = readRecord(clusterPaths(name, state).record);
    if (!record?.init) throw new Error(`no record of ${name}`);
    return { ...record, init: record.init };
  }

  /** Ids of the processes of a cluster's sandbox. */
  function processesOf(name: string): number[] {
    const { init } = recordOf(name);
    return processesIn('pid', namespaceOf(init.pid, 'pid'));
  }

  it('begins with `up`, for two clusters at once and for two callers at once', async () => {
    const ups = await Promise.all([
      workshop(state, ['up', '--name', 'one', '--publish', '30123']),
      workshop(state, ['up', '--name', 'two']),
      workshop(state, ['up', '--name', 'one', '--publish', '30123']),
    ]);
    for (const { exitCode, stderr } of ups) expect(exitCode, stderr).to.equal(0);
    expect(ups[0]?.stdout).to.contain('The cluster one is up').and.to.contain('export KUBECONFIG=');
    expect(recordOf('one').apiPort).to.not.equal(recordOf('two').apiPort);
    for (const name of ['one', 'two']) {
      const { stdout, exitCode } = await workshop(state, [
        'status',
        '--name',
        name,
        '--json',
        '--exit-status',
      ]);
      const status = JSON.parse(stdout) as { ready: boolean; nodes: unknown[]; components: unknown[] };
      expect([exitCode, status.ready, status.nodes.length, status.components.length]).to.deep.equal([
        0,
        true,
        3,
        10,
      ]);
    }
  });

  it('leaves the host untouched meanwhile', async () => {
    expect(await hostNetwork()).to.deep.equal(untouched);
  });

  it('goes on with what is up', async () => {
    const { init } = recordOf('one');
    const { exitCode, stderr } = await workshop(state, ['up', '--name', 'one']);
    expect([exitCode, stderr]).to.deep.equal([0, '']);
    expect(recordOf('one').init).to.deep.equal(init);
  });

  it('gives a shell on each node and outside', async () => {
    const cluster = open();
    for (const { name, address } of cluster.nodes) {
      const { stdout } = await cluster.runOnNode(name, ['sh', '-c', 'hostname; ip -4 -br address show eth0']);
      expect(stdout).to.match(new RegExp(`^${name}\neth0\\S+ +UP +${address}/24`));
    }
    const outside = await cluster.runOnNode('outside', ['busybox', 'ping', '-c1', '-W1', '192.168.56.12']);
    expect(outside.exitCode).to.equal(0);
    const typed = await workshop(state, [
      'ssh',
      '--name',
      'one',
      'worker-node01',
      '--',
      'sh',
      '-c',
      'exit 7',
    ]);
    expect(typed.exitCode).to.equal(7);
    const unknown = await workshop(state, ['ssh', '--name', 'one', 'worker-node1']);
    expect([unknown.exitCode, unknown.stderr]).to.deep.equal([2, unknown.stderr]);
    expect(unknown.stderr).to.contain('did you mean worker-node01?');
    cluster.close();
  });

  it('runs commands in pods through the API', async () => {
    const cluster = open();
    const { items } = await cluster.client().list<{ metadata: { name: string } }>(resources.pods, {
      namespace: 'kube-system',
    });
    const target = { namespace: 'kube-system', pod: items[0]?.metadata.name ?? '' };
    const good = await cluster.runInPod(target, ['sh', '-c', 'cat; echo no >&2; exit 3'], { input: 'yes\n' });
    expect(good).to.deep.equal({ stdout: 'yes\n', stderr: 'no\n', exitCode: 3 });
    const lost = await cluster
      .runInPod({ ...target, pod: 'nobody' }, ['true'])
      .catch((error: Error) => error.message);
    expect(lost).to.equal('pods "nobody" not found');
    cluster.close();
  });

  it('answers on published ports of 127.0.0.1', async () => {
    const cluster = open();
    const serving = cluster.runOnNode('master-node', [
      'timeout',
      '10',
      'busybox',
      'nc',
      '-l',
      '-p',
      '30123',
      '-e',
      'busybox',
      'hostname',
    ]);
    const answer = await waitFor(
      () =>
        new Promise<string | undefined>((resolve, reject) => {
          let text = '';
          const socket = connect({ host: '127.0.0.1', port: 30_123 });
          socket.on('data', (chunk) => {
            text += chunk;
          });
          socket.on('error', reject).on('close', () => resolve(text || undefined));
        }),
      { ...ms, what: 'the published port' },
    );
    expect(answer).to.equal('master-node\n');
    await serving;
    cluster.close();
  });

  for (const component of [
    'apiserver',
    'controllers',
    'node@worker-node01',
    'proxy@worker-node01',
    'loadbalancer@worker-node01',
  ]) {
    it(`starts ${component} again after SIGKILL, and the node's rules stay`, async () => {
      const cluster = open();
      // Sorted: a proxy that has just started replaces each table by one that the kernel then lists last.
      const tables = async () =>
        (await cluster.runOnNode('worker-node01', ['nft', 'list', 'tables'])).stdout.split('\n').sort();
      const before = await tables();
      const find = async () => (await cluster.components.status()).find(({ name }) => name === component);
      const old = await find();
      await cluster.components.kill(component);
      expect(await tables())
        .to.eql(before)
        .and.to.include('table ip workshop-proxy');
      await waitFor(
        async () => {
          const now = await find();
          return now?.ready && now.pid !== old?.pid && now.restarts === (old?.restarts ?? 0) + 1;
        },
        { ...ms, what: `${component} to be back` },
      );
      cluster.close();
    });
  }

  it('stops and starts single components on demand', async () => {
    const { components, close } = open();
    await components.stop('proxy@worker-node02');
    const stopped = (await components.status()).find(({ name }) => name === 'proxy@worker-node02');
    expect(stopped).to.include({ state: 'stopped', ready: false });
    await components.start('proxy@worker-node02');
    const started = (await components.status()).find(({ name }) => name === 'proxy@worker-node02');
    expect(started).to.include({ state: 'running', ready: true });
    const unknown = await components.stop('proxy@worker-node3').catch((error: Error) => error.message);
    expect(unknown).to.contain('did you mean proxy@worker-node');
    close();
  });

  it('survives the end of its inner supervisor: components run on', async () => {
    const { components, close } = open();
    const before = await components.status();
    const inner = processesOf('one').find((pid) => /^\S+node .*sandbox.js inside /.test(commandOf(pid)));
    process.kill(inner ?? 0, 'SIGKILL');
    await waitFor(async () => (await components.status()).every(({ ready }) => ready), {
      ...ms,
      what: 'all',
    });
    const pids = (list: typeof before) => list.map(({ name, pid }) => `${name} ${pid}`);
    expect(pids(await components.status())).to.deep.equal(pids(before));
    close();
  });

  it('ends without a trace when its supervisor is killed, and goes on from its state with `up`', async () => {
    const cluster = open();
    const namespace = namespaceOf(recordOf('one').init.pid, 'pid');
    const metadata = { name: 'kept', namespace: 'default' };
    await cluster.client().create(resources.configMaps, { metadata });
    cluster.close();
    process.kill(recordOf('one').supervisor.pid, 'SIGKILL');
    await waitFor(() => processesIn('pid', namespace).length === 0, { ...ms, what: 'the sandbox to end' });
    expect((await workshop(state, ['status', '--name', 'one'])).exitCode).to.equal(3);
    expect(await hostNetwork()).to.deep.equal(untouched);
    const up = await workshop(state, ['up', '--name', 'one']);
    expect(up.exitCode, up.stderr).to.equal(0);
    const again = open();
    const kept = await again.client().get(resources.configMaps, metadata);
    expect(kept.metadata?.name).to.equal('kept');
    again.close();
  });

  it('ends with `down`, which leaves nothing, twice', async () => {
    const namespace = namespaceOf(recordOf('one').init.pid, 'pid');
    const { exitCode, stdout } = await workshop(state, ['down', '--name', 'one']);
    expect([exitCode, stdout]).to.deep.equal([0, 'The cluster one is down and gone.\n']);
    expect(processesIn('pid', namespace)).to.deep.equal([]);
    expect(existsSync(join(state, 'one'))).to.equal(false);
    expect(await hostNetwork()).to.deep.equal(untouched);
    const again = await workshop(state, ['down', '--name', 'one']);
    expect([again.exitCode, again.stdout]).to.deep.equal([0, 'There is no cluster one.\n']);
  });

  it('leaves the other cluster alone', async () => {
    const { exitCode } = await workshop(state, ['status', '--name', 'two', '--exit-status']);
    expect(exitCode).to.equal(0);
  });

  for (const step of ['network', 'API server', 'DNS']) {
    it(`leaves nothing running when \`up\` is interrupted at the step ${step}`, async () => {
      const { exitCode, stderr } = await interruptAt(state, ['up', '--name', 'one'], step);
      expect([exitCode, stderr.match(/\n +at /)], stderr).to.deep.equal([130, null]);
      expect(await supervisorOf(clusterPaths('one', state).root)).to.equal(undefined);
    });
  }

  it('gives up after --timeout with 4', async () => {
    const { exitCode, stderr } = await workshop(state, ['up', '--name', 'one', '--timeout', '300ms']);
    expect(stderr).to.contain('could not wait longer than 0.3 s');
    expect(exitCode).to.equal(4);
    expect(await supervisorOf(clusterPaths('one', state).root)).to.equal(undefined);
  });

  it('says so when the disk is full, with 3, and leaves nothing running', async () => {
    const small = mkdtempSync(join(tmpdir(), 'small-'));
    const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    const script =
      'mount -t tmpfs -o size=64k none "$1" && export WORKSHOP_STATE_DIR="$1" && shift && exec "$@"';
    const words = [small, ...programCommand('workshop'), 'up'];
    const { exitCode, stderr } = await run(
      'unshare',
      [...user, '--mount', '--', 'sh', '-c', script, 'sh', ...words],
      {
        okCodes: [0, 1, 2, 3, 4, 5],
        timeoutMs: 60_000,
      },
    );
    expect(stderr)
      .to.contain('no space left on device')
      .and.to.not.match(/\n +at /);
    expect(exitCode).to.equal(3);
    expect(readdirSync(small)).to.deep.equal([]);
    rmSync(small, { recursive: true });
  });
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

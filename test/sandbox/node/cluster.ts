import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ExecError, type RunResult, run } from '../../../lib/exec.ts';
import { type Client, createClient } from '../../../lib/kube/client.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { waitFor } from '../../../lib/wait.ts';
import type { Pod } from '../../../sandbox/node/pods/pod.ts';
import { unshareFlags } from '../../../sandbox/supervise/namespaces.ts';

export interface TestCluster {
  client: Client;
  kubectl(
    args: readonly string[],
    options?: { input?: string; env?: Record<string, string> },
  ): Promise<RunResult>;
  kubeconfig: string;
  /** Runs a command in a node's network. */
  onNode(node: string, command: readonly string[]): Promise<RunResult>;
  /** Creates a pod on a node; `spec` and `metadata` are merged in. */
  createPod(name: string, spec: object, more?: { node?: string; metadata?: object }): Promise<Pod>;
  pod(name: string): Promise<Pod>;
  /** Waits until the pod satisfies the condition. */
  podWhen(name: string, what: string, condition: (pod: Pod) => unknown, timeoutMs?: number): Promise<Pod>;
  events(name: string): Promise<{ type: string; reason: string; message: string; count: number }[]>;
  /** Ends a node's agent by SIGKILL and starts another. */
  replaceAgent(node: string): Promise<void>;
  /** Ends the API server and starts it again over the same data. */
  restartApi(): Promise<void>;
  close(): Promise<void>;
}

/** Starts an API server and two nodes in namespaces of their own. */
export async function startCluster(): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'node-'));
  const child = spawn(
    'unshare',
    [...unshareFlags(), '--', process.execPath, '--import', 'tsx', 'test/sandbox/node/inside.ts', folder],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: folder } },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error('the test cluster did not start');
  }
  const { socket, kubeconfig: insideConfig } = JSON.parse(first.value) as {
    socket: string;
    kubeconfig: string;
  };
  const { relay, port } = await startRelay(socket);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    readFileSync(insideConfig, 'utf8').replace(/server: .*/, `server: https://localhost:${port}`),
  );
  const client = createClient(loadKubeconfig(kubeconfig));
  const pid = childOf(child.pid ?? 0);

  async function pod(name: string): Promise<Pod> {
    return client.get<Pod>(resources.pods, { namespace: 'default', name });
  }

  return {
    client,
    kubeconfig,
    kubectl: (args, options = {}) =>
      run('kubectl', ['--kubeconfig', kubeconfig, ...args], { timeoutMs: 20_000, ...options }),
    onNode: (node, command) => {
      const enter = ['-t', String(pid), '-U', '-m', '-n', '-p', '--preserve-credentials'].filter(
        (flag) => process.getuid?.() !== 0 || (flag !== '-U' && flag !== '--preserve-credentials'),
      );
      return run('nsenter', [...enter, '--', 'nsenter', `--net=/run/netns/${node}`, '--', ...command]);
    },
    createPod: (name, spec, { node = 'worker-node01', metadata = {} } = {}) =>
      client.create<Pod>(resources.pods, {
        metadata: { namespace: 'default', name, ...metadata },
        spec: { nodeName: node, terminationGracePeriodSeconds: 1, ...spec } as NonNullable<Pod['spec']>,
      }),
    pod,
    podWhen: async (name, what, condition, timeoutMs = 8000) => {
      let last: Pod | undefined;
      try {
        return await waitFor(
          async () => {
            last = await pod(name);
            return condition(last) ? last : undefined;
          },
          { what: `${name} ${what}`, timeoutMs, intervalMs: 20 },
        );
      } catch (error) {
        throw new Error(`${String(error)}; last status: ${JSON.stringify(last?.status)}`);
      }
    },
    events: async (name) => {
      const list = await client.list(resources.events, {
        namespace: 'default',
        fieldSelector: `involvedObject.name=${name}`,
      });
      return list.items as never;
    },
    replaceAgent: async (node) => {
      child.stdin.write(`kill ${node}\n`);
      await lines.next();
    },
    restartApi: async () => {
      child.stdin.write('restart api\n');
      await lines.next();
    },
    close: async () => {
      client.close();
      relay.close();
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The exit code and output of a command that may fail. */
export async function outcome(
  command: Promise<RunResult>,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  try {
    return await command;
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    return { exitCode: error.exitCode ?? -1, stdout: error.stdout, stderr: error.stderr };
  }
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  // unshare --kill-child takes the whole process namespace with it.
  child.kill('SIGKILL');
  await gone;
}

async function startRelay(socket: string): Promise<{ relay: Server; port: number }> {
  const relay = createServer((near) => {
    const far = connect(socket);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const address = relay.address();
  return { relay, port: typeof address === 'object' && address ? address.port : 0 };
}

function childOf(parent: number): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent) return Number(name);
    } catch {
      // It ended between the two looks.
    }
  }
  throw new Error('the test cluster ended');
}

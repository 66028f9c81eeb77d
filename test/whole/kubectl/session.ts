import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunOptions } from '../../../lib/exec.ts';
import { waitFor } from '../../../lib/wait.ts';
import { type TestCluster, testCluster } from '../cluster.ts';

export const web = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: web
        image: docker.io/alicek106/rr-test:echo-hostname
        ports: [{ containerPort: 80 }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 8080, targetPort: 80 }]
`;

/** The machine's kubectl in a namespace of its own of the shared cluster; to be called in a `describe`, which it gives its hooks. */
export function kubectlSession(namespace: string) {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-test-'));
  const manifest = join(folder, 'web.yaml');
  let cluster: TestCluster;

  before(async () => {
    cluster = await testCluster();
    writeFileSync(manifest, web);
    await cluster.kubectl(['create', 'namespace', namespace]);
  });

  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await cluster?.kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  /** Runs kubectl in the namespace; gives standard output and error in one text. */
  async function kubectl(args: string[], options: RunOptions = {}): Promise<{ text: string; code: number }> {
    const result = await cluster.kubectl(['-n', namespace, ...args], options);
    return { text: result.stdout + result.stderr, code: result.exitCode };
  }

  async function succeeds(args: string[], expected: RegExp, options: RunOptions = {}): Promise<string> {
    const { text, code } = await kubectl(args, options);
    expect(code, `kubectl ${args.join(' ')}\n${text}`).to.equal(0);
    expect(text).to.match(expected);
    return text;
  }

  async function fails(args: string[], expected: RegExp | string, options: RunOptions = {}): Promise<void> {
    const { text, code } = await kubectl(args, options);
    expect(code, text).to.equal(1);
    if (typeof expected === 'string') expect(text).to.contain(expected);
    else expect(text).to.match(expected);
  }

  /** Starts kubectl and leaves it running. */
  function start(args: string[]) {
    const child = spawn('kubectl', ['--kubeconfig', cluster.kubeconfig, '-n', namespace, ...args]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    const prints = (pattern: RegExp) =>
      waitFor(() => pattern.exec(output), {
        what: `kubectl ${args[0]} to print ${pattern}`,
        timeoutMs: 15_000,
      });
    return { child, prints };
  }

  const firstPod = async () =>
    (await kubectl(['get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[0].metadata.name}'])).text;

  /** Applies `web` and waits until its pods are Ready. */
  async function ready(): Promise<void> {
    await succeeds(['apply', '-f', manifest], /created/);
    await succeeds(['rollout', 'status', 'deployment/web', '--timeout=60s'], /successfully rolled out/);
  }

  return { folder, manifest, kubectl, succeeds, fails, start, firstPod, ready, cluster: () => cluster };
}

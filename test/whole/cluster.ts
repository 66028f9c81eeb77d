import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunOptions, type RunResult, run } from '../../lib/exec.ts';

/** A sandbox that all tests of a run share; it starts with the first test that asks for it, and goes at the end of the run. */
export interface TestCluster {
  /** Runs the `workshop` command against it. Exit codes are results, not failures. */
  workshop(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Runs the machine's kubectl against it. Exit codes are results, not failures. */
  kubectl(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  readonly kubeconfig: string;
  readonly stateDir: string;
  readonly env: Record<string, string>;
}

const anyCode = Array.from({ length: 256 }, (_, code) => code);
const command = join(import.meta.dirname, '../../scripts/bin/workshop.js');

let started: Promise<TestCluster> | undefined;

/** The shared cluster, started on the first call. */
export function testCluster(): Promise<TestCluster> {
  started ??= start();
  return started;
}

async function start(): Promise<TestCluster> {
  const stateDir = mkdtempSync(join(tmpdir(), 'workshop-test-'));
  const env = { WORKSHOP_STATE_DIR: stateDir, WORKSHOP_NAME: `test-${process.pid}` };
  const workshop = (args: readonly string[], options: RunOptions = {}) =>
    run(process.execPath, [command, ...args], {
      okCodes: anyCode,
      ...options,
      env: { ...env, ...options.env },
    });
  const up = await workshop(['up']);
  if (up.exitCode !== 0) throw new Error(`workshop up ended with ${up.exitCode}: ${up.stderr}`);
  const kubeconfig = (await workshop(['kubeconfig', 'path'])).stdout.trim();
  const kubectl = (args: readonly string[], options: RunOptions = {}) =>
    run('kubectl', ['--kubeconfig', kubeconfig, ...args], {
      okCodes: anyCode,
      timeoutMs: 60_000,
      ...options,
    });
  return { workshop, kubectl, kubeconfig, stateDir, env };
}

after('the shared cluster goes', async function () {
  this.timeout(60_000);
  const cluster = await started?.catch(() => undefined);
  if (!cluster) return;
  await cluster.workshop(['down']);
  rmSync(cluster.stateDir, { recursive: true, force: true });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../lib/exec.ts';
import { cpuSeconds, processTree, proportionalMegabytes } from './processes.ts';
import type { Row } from './row.ts';

const command = join(import.meta.dirname, '../../scripts/bin/workshop.js');

/** How long the sandbox takes to come up, to carry the documents' manifests and to pass the checks; what it costs idle. */
export async function sandboxFigures(): Promise<Row[]> {
  const stateDir = mkdtempSync(join(tmpdir(), 'workshop-bench-'));
  const env = { WORKSHOP_STATE_DIR: stateDir, WORKSHOP_NAME: 'bench' };
  const workshop = (...args: string[]) =>
    run(process.execPath, [command, ...args], { env, timeoutMs: 300_000 });
  try {
    const up = await seconds(() => workshop('up'));
    const apply = await seconds(() => workshop('apply', '--wait'));
    const verify = await seconds(() => workshop('verify', '--all'));
    const idle = await idleCost(supervisorPid(stateDir));
    const help = await seconds(() => workshop('--help'));
    const bare = await seconds(() => run(process.execPath, ['-e', '0']));
    return [
      {
        figure: 'sandbox: `workshop up`, nodes Ready, DNS answers, proxies synced',
        value: up,
        unit: 's',
        target: 5,
      },
      {
        figure: 'sandbox: manifests applied until all their pods are Ready',
        value: apply,
        unit: 's',
        target: 4,
      },
      { figure: 'sandbox: all checks', value: verify, unit: 's', target: 60 },
      { figure: 'sandbox idle: share of one core', value: idle.percent, unit: '%', target: 5 },
      { figure: 'sandbox idle: proportional set size', value: idle.megabytes, unit: 'MB', target: 600 },
      {
        figure: '`workshop --help` beyond `node -e 0`',
        value: (help - bare) * 1000,
        unit: 'ms',
        target: 120,
      },
    ];
  } finally {
    await workshop('down').catch(() => {});
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function seconds(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}

/** What the checks have made is deleted for as long as pods may take to end. */
const deletedSeconds = 40;
/** Twice as long as the proxies' sync period, when they look through their rules. */
const idleSeconds = 60;

async function idleCost(pid: number): Promise<{ percent: number; megabytes: number }> {
  await delay(deletedSeconds * 1000);
  const before = cpuSeconds(processTree(pid));
  await delay(idleSeconds * 1000);
  const tree = processTree(pid);
  const percent = ((cpuSeconds(tree) - before) / idleSeconds) * 100;
  return { percent, megabytes: proportionalMegabytes(tree) };
}

function supervisorPid(stateDir: string): number {
  const cluster = JSON.parse(readFileSync(join(stateDir, 'bench', 'cluster.json'), 'utf8')) as {
    supervisor: { pid: number };
  };
  return cluster.supervisor.pid;
}

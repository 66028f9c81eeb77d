import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../lib/exec.ts';
import type { Workshop } from './workshop.ts';

/** Which machine loses its power in which phase of `up`, and how many seconds after the phase began. */
const kills = [
  { phase: 'provision', machine: 'worker-node02', after: 5 },
  { phase: 'control-plane', machine: 'master-node', after: 25 },
  { phase: 'join', machine: 'worker-node01', after: 8 },
  { phase: 'proxy', machine: 'worker-node02', after: 20 },
  { phase: 'load-balancer', machine: 'worker-node01', after: 5 },
] as const;

/**
 * Makes the cluster by `workshop up`, while one machine after the other loses its power. Each `up` that fails for it has to say so, and
 * the next one has to go on. Resolves with what was otherwise; the cluster is not up yet then.
 */
export async function killedInEachPhase(workshop: Workshop): Promise<string[]> {
  const failures: string[] = [];
  for (const { phase, machine, after } of kills) {
    process.stderr.write(`--- ${machine} loses its power in the phase ${phase}\n`);
    let killed: Promise<unknown> | undefined;
    const kill = () => delay(after * 1000).then(() => powerCut(machine).catch((error: unknown) => error));
    const { exitCode, stderr } = await workshop(['up'], {
      mayFail: true,
      onProgress(line) {
        if (line.includes(` • ${phase} …`)) killed ??= kill();
      },
    });
    if (killed === undefined) failures.push(`${phase}: up ended with ${exitCode} before it`);
    const error = await killed;
    if (error instanceof Error) failures.push(`${phase}: ${error.message}`);
    const words = stderr.trim().split('\n').slice(-2).join(' ');
    if (exitCode !== 0 && !/could not .*Try: /.test(words)) failures.push(`${phase}: up says ${words}`);
    if (exitCode > 4) failures.push(`${phase}: up ended with ${exitCode}`);
  }
  return failures;
}

/** As if somebody had pulled the plug. */
async function powerCut(machine: string): Promise<void> {
  const virsh = (...args: string[]) => run('virsh', ['--connect', 'qemu:///system', ...args]);
  const { stdout } = await virsh('list', '--name');
  const domain = stdout.split('\n').find((name) => name.endsWith(`_${machine}`));
  if (domain === undefined) throw new Error(`${machine} does not run`);
  await virsh('destroy', domain);
}

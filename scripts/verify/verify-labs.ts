import type { Lab } from '../../labs/lab.ts';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import type { Progress } from '../cli/progress.ts';
import { createLabPlace, sweepNamespaces } from './lab-context.ts';
import { runAsMocha } from './mocha-lab.ts';
import type { CheckResult, Verification } from './results.ts';
import type { Chosen } from './selection.ts';

export interface VerifyOptions {
  cluster: Cluster;
  settings: Settings;
  chosen: readonly Chosen[];
  /** Path of kubectl, where the machine has it. */
  kubectl: string | undefined;
  progress: Progress;
  signal: AbortSignal;
  /** Called between each lab's set-up and its checks; tests break something there. */
  afterSetUp?: ((lab: Lab) => Promise<void>) | undefined;
}

/**
 * Labs spend most of their time waiting for pods; more than so many at once slow each other down on two cores, slow machines sooner, and
 * emulated ones (pace 6) until their API server falls silent.
 */
function atOnce({ pace }: Cluster): number {
  if (isEmulated(pace)) return 1;
  return pace > 1 ? 2 : 4;
}

function isEmulated(pace: number): boolean {
  return pace > 2;
}

/**
 * Runs the chosen labs, several at once; then, with a set-up of their own, the checks that must run alone. Where labs run one after
 * the other, every check runs alone, and each lab is set up once.
 */
export async function verifyLabs(options: VerifyOptions): Promise<Verification> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const { chosen, cluster } = options;
  await sweepNamespaces(cluster, options.signal);
  const results: CheckResult[] = [];
  const one = (part: Chosen) => runLab(part, options, (result) => void results.push(result));
  const size = atOnce(cluster);
  const [beside, alone] = size === 1 ? [chosen, []] : [partOf(chosen, false), partOf(chosen, true)];
  await pool(beside, size, one);
  await pool(alone, 1, one);
  const ms = performance.now() - started;
  return { cluster: cluster.name, startedAt, ms, results: inTeachingOrder(chosen, results) };
}

/** The labs with only those checks that run beside others, or only those that run alone; labs without such are left out. */
function partOf(chosen: readonly Chosen[], alone: boolean): Chosen[] {
  return chosen
    .map(({ lab, checks }) => ({ lab, checks: checks.filter((check) => (check.alone ?? false) === alone) }))
    .filter(({ checks }) => checks.length > 0);
}

async function runLab(
  each: Chosen,
  { cluster, settings, kubectl, progress, signal, afterSetUp }: VerifyOptions,
  onResult: (result: CheckResult) => void,
): Promise<void> {
  const name = `${each.lab.id}: ${each.checks.flatMap(({ claims }) => claims).join(' ')}`;
  const checks = async () => {
    let good = true;
    const place = createLabPlace(cluster, settings, each.lab.id, kubectl);
    await runAsMocha(each, {
      place,
      signal,
      afterSetUp,
      onResult: (result) => {
        good &&= result.outcome === 'passed';
        onResult(result);
      },
    });
    // Pods that end on an emulated node keep it from starting those of the next lab.
    if (isEmulated(cluster.pace)) await place.emptied(signal);
    return good;
  };
  await progress.step(name, checks, (good) => good);
}

function inTeachingOrder(chosen: readonly Chosen[], results: readonly CheckResult[]): CheckResult[] {
  const order = chosen.flatMap(({ lab, checks }) => checks.map(({ title }) => `${lab.id} ${title}`));
  const place = ({ lab, title }: CheckResult) => order.indexOf(`${lab} ${title}`);
  return [...results].sort((a, b) => place(a) - place(b));
}

async function pool<T>(items: readonly T[], size: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: size }, worker));
}

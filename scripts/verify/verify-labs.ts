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

/** Labs spend most of their time waiting for pods; more than so many at once slow each other down on two cores. */
const atOnce = 4;

/** Runs the chosen labs, several at once; those with a check that must run alone, one by one afterwards. */
export async function verifyLabs(options: VerifyOptions): Promise<Verification> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const { chosen, cluster } = options;
  await sweepNamespaces(cluster, options.signal);
  const results = new Map<Chosen, CheckResult[]>(chosen.map((each) => [each, []]));
  const one = (each: Chosen) => runLab(each, options, (result) => void results.get(each)?.push(result));
  const together = chosen.filter(({ checks }) => !checks.some(({ alone }) => alone));
  await pool(together, atOnce, one);
  await pool(
    chosen.filter((each) => !together.includes(each)),
    1,
    one,
  );
  const inOrder = chosen.flatMap((each) => inTeachingOrder(each, results.get(each) ?? []));
  return { cluster: cluster.name, startedAt, ms: performance.now() - started, results: inOrder };
}

async function runLab(
  each: Chosen,
  { cluster, settings, kubectl, progress, signal, afterSetUp }: VerifyOptions,
  onResult: (result: CheckResult) => void,
): Promise<void> {
  const name = `${each.lab.id}: ${each.checks.flatMap(({ claims }) => claims).join(' ')}`;
  const from = performance.now();
  let good = true;
  progress.started(name);
  await runAsMocha(each, {
    place: createLabPlace(cluster, settings, each.lab.id, kubectl),
    signal,
    afterSetUp,
    onResult: (result) => {
      good &&= result.outcome === 'passed';
      onResult(result);
    },
  });
  if (good) progress.done(name, performance.now() - from);
  else progress.failed(name, performance.now() - from);
}

function inTeachingOrder({ checks }: Chosen, results: readonly CheckResult[]): CheckResult[] {
  const place = (result: CheckResult) => checks.findIndex(({ title }) => title === result.title);
  return [...results].sort((a, b) => place(a) - place(b));
}

async function pool<T>(items: readonly T[], size: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: size }, worker));
}

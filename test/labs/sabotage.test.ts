import { expect } from 'chai';
import { labs } from '../../labs/index.ts';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import { openCluster } from '../../lib/cluster/open.ts';
import { clusterPaths } from '../../lib/paths.ts';
import { loadSettings } from '../../lib/settings/load.ts';
import { createProgress } from '../../scripts/cli/progress.ts';
import type { CheckResult } from '../../scripts/verify/results.ts';
import { choose } from '../../scripts/verify/selection.ts';
import { verifyLabs } from '../../scripts/verify/verify-labs.ts';
import { testCluster } from '../whole/cluster.ts';
import type { Restore, Sabotage } from './breaking.ts';
import { sabotages } from './sabotage.ts';

const silent = createProgress({ stream: { write: () => true }, quiet: true, color: false, live: false });

/** Each check is green, turns red when its claim is broken, says why, and is green again. */
describe('the checks', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  const red = new Map<Sabotage, Promise<CheckResult | undefined>>();

  before(async () => {
    const { stateDir, env } = await testCluster();
    const name = env['WORKSHOP_NAME'] ?? '';
    cluster = openCluster(name, clusterPaths(name, stateDir));
  });
  after(() => cluster?.close());

  it('have a sabotage each', () => {
    const claims = labs.flatMap(({ checks }) => checks.flatMap((check) => check.claims));
    expect(sabotages.map(({ claim }) => claim)).to.include.members(claims);
  });

  it('are all green on a sound cluster', async () => {
    expect(redOf(await verified(cluster, []))).to.deep.equal([]);
    startQuietOnes();
  });

  for (const sabotage of sabotages) {
    it(`${sabotage.claim} turns red when ${sabotage.name}`, async () => {
      // One that throws is the failure of its own test alone.
      await Promise.allSettled(red.values());
      const result = await (red.get(sabotage) ?? broken(cluster, sabotage));
      const told = JSON.stringify(result);
      expect(result?.outcome, told).to.equal('failed');
      expect(result?.finding?.expected, told).to.match(sabotage.expected);
      expect(result?.finding?.observed, told).to.match(sabotage.observed);
      expect(result?.finding?.look, 'where to look').to.not.equal('');
    });
  }

  it('are all green again when everything is mended', async () => {
    expect(redOf(await verified(cluster, []))).to.deep.equal([]);
  });

  /** Those that break only their own lab run side by side, as labs do; never two of one lab, which would ask for the same addresses. */
  function startQuietOnes(): void {
    const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve(), Promise.resolve()];
    const laneOf = new Map<string | undefined, number>();
    const quiet = sabotages.filter(({ alone }) => !alone);
    const slowFirst = [...quiet.filter(({ slow }) => slow), ...quiet.filter(({ slow }) => !slow)];
    for (const sabotage of slowFirst) {
      const lab = labOf(sabotage);
      const lane = laneOf.get(lab) ?? laneOf.size % lanes.length;
      laneOf.set(lab, lane);
      const result = (lanes[lane] ?? Promise.resolve()).then(() => broken(cluster, sabotage));
      red.set(sabotage, result);
      lanes[lane] = result.catch(() => {});
    }
  }
});

function labOf({ claim }: Sabotage): string | undefined {
  return labs.find(({ checks }) => checks.some(({ claims }) => claims.includes(claim)))?.id;
}

async function broken(cluster: Cluster, sabotage: Sabotage): Promise<CheckResult | undefined> {
  let restore: Restore | undefined;
  try {
    const [result] = await verified(cluster, [sabotage.claim], async (lab) => {
      restore = await sabotage.break(lab, cluster);
    });
    return result;
  } finally {
    await restore?.();
  }
}

async function verified(
  cluster: Cluster,
  words: readonly string[],
  afterSetUp?: Parameters<typeof verifyLabs>[0]['afterSetUp'],
): Promise<readonly CheckResult[]> {
  const { results } = await verifyLabs({
    cluster,
    settings: loadSettings(),
    chosen: choose(labs, words),
    kubectl: undefined,
    progress: silent,
    signal: new AbortController().signal,
    afterSetUp,
  });
  return results;
}

function redOf(results: readonly CheckResult[]): string[] {
  return results
    .filter(({ outcome }) => outcome !== 'passed')
    .map(({ claims, finding, fault }) => `${claims.join()}: ${JSON.stringify(finding ?? fault)}`);
}

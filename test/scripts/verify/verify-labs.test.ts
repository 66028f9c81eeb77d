import { expect } from 'chai';
import type { Check, LabDefinition } from '../../../labs/lab.ts';
import type { Cluster } from '../../../lib/cluster/cluster.ts';
import { loadSettings } from '../../../lib/settings/load.ts';
import { createProgress } from '../../../scripts/cli/progress.ts';
import { verifyLabs } from '../../../scripts/verify/verify-labs.ts';
import { startApi, type TestApi } from '../../sandbox/apiserver/start-api.ts';

const silent = createProgress({ stream: { write: () => true }, quiet: true, color: false, live: false });

describe('the order of labs', function () {
  this.timeout(15_000);
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const orders: [pace: number, order: string[]][] = [
    [1, ['set up', 'beside', 'set up', 'alone']],
    [6, ['set up', 'beside', 'alone']],
  ];
  for (const [pace, order] of orders) {
    it(`sets one with checks that run alone up ${pace > 2 ? 'once on an emulated machine' : 'twice'}`, async () => {
      const seen: string[] = [];
      const check = (title: string, alone: boolean): Check => ({
        ...{ claims: [], title, look: '', alone },
        run: async () => void seen.push(title),
      });
      const lab: LabDefinition = {
        ...{ id: 'x', title: 'x', steps: [] },
        checks: [check('beside', false), check('alone', true)],
        setUp: async () => void seen.push('set up'),
      };
      const cluster = { name: 'x', client: () => api.client, pace } as unknown as Cluster;
      const { results } = await verifyLabs({
        ...{ cluster, settings: loadSettings(), kubectl: undefined, progress: silent },
        chosen: [{ lab, checks: lab.checks }],
        signal: new AbortController().signal,
      });
      expect(seen).to.deep.equal(order);
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(['passed', 'passed']);
    });
  }
});

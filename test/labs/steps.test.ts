import { expect } from 'chai';
import { courseOutline } from '../../labs/course/outline.ts';
import type { Trial } from '../../scripts/lab/trial.ts';
import { type TestCluster, testCluster } from '../whole/cluster.ts';

/**
 * Every step on a real cluster, in all languages: what is not done is seen as not done, each foreseen mistake by its name and with
 * its words, what is solved as done, and what is taken back as not done again. Then the cluster is as it was.
 */
describe('the steps of the course', function () {
  this.timeout(600_000);
  let cluster: TestCluster;
  let modes: string;
  let trials: readonly Trial[] = [];

  before(async () => {
    cluster = await testCluster();
    modes = await modesOfProxies();
    const { stdout, stderr } = await cluster.workshop(['lab', 'test', '--all', '--json'], {
      timeoutMs: 590_000,
    });
    expect(stdout, stderr).to.match(/^\{/);
    trials = (JSON.parse(stdout) as { trials: Trial[] }).trials;
  });

  for (const { key } of courseOutline().flatMap(({ steps }) => steps)) {
    it(`${key} is seen undone, mistaken, solved and taken back`, () => {
      const trial = trials.find(({ step }) => step === key);
      const faults = trial?.faults.map(({ stage, kind, message }) => `${stage} (${kind}): ${message}`);
      expect(faults).to.deep.equal([]);
      // Undone, each of two mistakes, solved, solved still, undone again.
      expect(trial?.checks.length).to.be.at.least(6);
    });
  }

  it('leave every node with the proxy mode that it had', async () => {
    expect(await modesOfProxies()).to.equal(modes);
  });

  it('leave every proxy running, and every node in touch with the API server', async () => {
    const { stdout } = await cluster.kubectl(['get', 'nodes', '--no-headers']);
    for (const node of stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/)[0] ?? '')) {
      const { stdout: seen } = await cluster.workshop(['ssh', node, '--', 'sh', '-c', lookAround]);
      expect(seen.trim(), node).to.equal('0 rules');
    }
  });

  /** Without what changes by itself. */
  async function modesOfProxies(): Promise<string> {
    const { stdout } = await cluster.workshop(['proxy', 'status', '--json']);
    const nodes = JSON.parse(stdout) as { node: string; mode: string }[];
    return nodes.map(({ node, mode }) => `${node} ${mode}`).join();
  }
});

/** The frozen proxies, one a line, then the number of rules that cut the node off. */
const lookAround =
  'pgrep -f hostname-override | while read pid; do grep -h "^State:.T" /proc/$pid/status; done; ' +
  'echo "$(iptables -S INPUT 2>/dev/null | grep -c "sport 6443") rules"';

import { expect } from 'chai';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import { openCluster } from '../../lib/cluster/open.ts';
import { clusterPaths } from '../../lib/paths.ts';
import { waitFor } from '../../lib/wait.ts';
import { type TestCluster, testCluster } from './cluster.ts';

const awaySeconds = 60;

describe('an API server that is away for a minute', function () {
  this.timeout(180_000);
  let test: TestCluster;
  let cluster: Cluster;
  let address: string;

  const ask = () =>
    cluster.runOnNode('worker-node01', ['timeout', '5', 'busybox', 'wget', '-qO-', `http://${address}`]);
  const pods = async () =>
    (
      await test.kubectl([
        'get',
        'pods',
        '-l',
        'app=away',
        '-o',
        'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].restartCount}{"\\n"}{end}',
      ])
    ).stdout;

  before(async () => {
    test = await testCluster();
    const name = test.env['WORKSHOP_NAME'] ?? '';
    cluster = openCluster(name, clusterPaths(name, test.stateDir));
    await test.kubectl([
      'create',
      'deployment',
      'away',
      '--image=docker.io/alicek106/rr-test:echo-hostname',
      '--replicas=2',
    ]);
    await test.kubectl(['expose', 'deployment', 'away', '--port=80']);
    await test.kubectl(['rollout', 'status', 'deployment/away', '--timeout=30s']);
    address = (await test.kubectl(['get', 'service', 'away', '-o', 'jsonpath={.spec.clusterIP}'])).stdout;
    await waitFor(async () => (await ask()).stdout.includes('Hello'), {
      what: 'the Service',
      timeoutMs: 10_000,
    });
  });

  after(async () => {
    await test?.kubectl(['delete', 'deployment,service', 'away']);
    cluster?.close();
  });

  it('stops no traffic, restarts no pod, and everything goes on when it is back', async () => {
    const before = await pods();
    expect(before).to.match(/^(away-\S+ 0\n){2}$/);
    await cluster.components.stop('apiserver');
    const until = performance.now() + awaySeconds * 1000;
    while (performance.now() < until) expect((await ask()).stdout).to.match(/Hello,\s+away-/);
    const failure = await test.workshop(['verify', 'L-05']);
    expect(failure.exitCode, failure.stderr).to.equal(3);
    expect(failure.stderr).to.not.match(/^\s+at /m);
    await cluster.components.start('apiserver');

    await test.kubectl(['scale', 'deployment/away', '--replicas=3']);
    const rollout = await test.kubectl(['rollout', 'status', 'deployment/away', '--timeout=30s']);
    expect(rollout.exitCode, rollout.stderr).to.equal(0);
    expect((await pods()).split('\n')).to.include.members(before.trim().split('\n'));
    const nodes = await test.kubectl(['wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=30s']);
    expect(nodes.exitCode, nodes.stderr).to.equal(0);
    await waitFor(
      async () => {
        const answers = await Promise.all([ask(), ask(), ask()]);
        return new Set(answers.map(({ stdout }) => /Hello,\s+(\S+?)</.exec(stdout)?.[1])).size === 3;
      },
      { what: 'the third pod to answer', timeoutMs: 20_000 },
    );
  });
});

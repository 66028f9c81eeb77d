import { expect } from 'chai';
import { waitFor } from '../../../lib/wait.ts';
import { startCluster, type TestCluster } from './cluster.ts';
import { busybox, idle, isReady, stateOf } from './pod-spec.ts';

describe('pods whose API server or agent ends', function () {
  this.timeout(30_000);
  let cluster: TestCluster;

  before(async () => {
    cluster = await startCluster();
  });

  after(async () => {
    await cluster?.close();
  });

  it('goes on when the API server was restarted', async () => {
    await cluster.createPod('earlier', busybox(idle), { node: 'worker-node02' });
    const before = await cluster.podWhen('earlier', 'to be Ready', isReady);
    await cluster.restartApi();
    await cluster.createPod('later', busybox(idle), { node: 'worker-node02' });
    await cluster.podWhen('later', 'to be Ready', isReady, 20_000);
    const after = await cluster.pod('earlier');
    expect(after.status?.containerStatuses?.[0]?.containerID).to.equal(
      before.status?.containerStatuses?.[0]?.containerID,
    );
  });

  it("survives the agent's sudden end: containers go on, output is kept, exits are noticed", async () => {
    await cluster.createPod('steady', busybox(`i=0; while true; do i=$((i+1)); echo $i; sleep 0.05; done`));
    await cluster.createPod('brief', { ...busybox('sleep 1; exit 3'), restartPolicy: 'Never' });
    await cluster.podWhen('steady', 'to be Ready', isReady);
    await cluster.podWhen('brief', 'to run', (pod) => stateOf(pod)?.running);
    const before = await cluster.pod('steady');
    await cluster.replaceAgent('worker-node01');
    const brief = await cluster.podWhen('brief', 'to end', (pod) => pod.status?.phase === 'Failed', 15_000);
    expect(stateOf(brief)?.terminated?.exitCode).to.equal(3);
    const numbers = await waitFor(
      async () => {
        const lines = (await cluster.kubectl(['logs', 'steady'])).stdout.trim().split('\n').map(Number);
        return lines.length > 40 ? lines : undefined;
      },
      { what: 'more output', timeoutMs: 10_000 },
    );
    expect(numbers).to.deep.equal(numbers.map((_, index) => index + 1));
    const after = await cluster.pod('steady');
    expect(after.status?.containerStatuses?.[0]).to.include({
      restartCount: 0,
      containerID: before.status?.containerStatuses?.[0]?.containerID,
    });
    await cluster.kubectl(['delete', 'pod', 'steady', '--now']);
  });
});

import { expect } from 'chai';
import { waitFor } from '../../../lib/wait.ts';
import { outcome, startCluster, type TestCluster } from './cluster.ts';
import { busybox, idle, isReady, stateOf } from './pod-spec.ts';

describe('the containers of a pod, from their beginning to their end', function () {
  this.timeout(30_000);
  let cluster: TestCluster;

  before(async () => {
    cluster = await startCluster();
  });

  after(async () => {
    await cluster?.close();
  });

  it('tells why a container cannot be made, and starts it once it can', async () => {
    const env = [{ name: 'X', valueFrom: { secretKeyRef: { name: 'absent', key: 'k' } } }];
    await cluster.createPod('waiting', busybox(idle, { env }));
    const waiting = await cluster.podWhen('waiting', 'to say why', (pod) => stateOf(pod)?.waiting?.message);
    expect(stateOf(waiting)?.waiting).to.deep.equal({
      reason: 'CreateContainerConfigError',
      message: 'secret "absent" not found',
    });
    await cluster.kubectl(['delete', 'pod', 'waiting', '--now']);
  });

  it('keeps an unknown image in ErrImagePull and ImagePullBackOff, with events', async () => {
    await cluster.createPod('nothing', { containers: [{ name: 'main', image: 'nosuch/image:1' }] });
    await cluster.podWhen('nothing', 'to fail', (pod) => stateOf(pod)?.waiting?.reason === 'ErrImagePull');
    await cluster.podWhen(
      'nothing',
      'to back off',
      (pod) => stateOf(pod)?.waiting?.reason === 'ImagePullBackOff',
    );
    const wanted = [
      'BackOff Back-off pulling image "nosuch/image:1"',
      'Failed Error: ErrImagePull',
      'Failed Error: ImagePullBackOff',
    ];
    // Events follow the status.
    await waitFor(
      async () => {
        const told = (await cluster.events('nothing')).map(({ reason, message }) => `${reason} ${message}`);
        return wanted.every((text) => told.includes(text));
      },
      { what: `the events ${wanted.join(', ')}`, timeoutMs: 5000 },
    );
    await cluster.kubectl(['delete', 'pod', 'nothing', '--now']);
  });

  it('restarts what fails at once, then with back-off; the log of the run before can be read', async () => {
    await cluster.createPod('crash', busybox('echo run; exit 7'));
    const pod = await cluster.podWhen('crash', 'to crash twice', (seen) => {
      return stateOf(seen)?.waiting?.reason === 'CrashLoopBackOff';
    });
    const [status] = pod.status?.containerStatuses ?? [];
    expect(status?.restartCount).to.equal(1);
    expect(status?.lastState?.terminated).to.include({ exitCode: 7, reason: 'Error' });
    expect(stateOf(pod)?.waiting?.message).to.match(
      /^back-off 10s restarting failed container=main pod=crash_default\(/,
    );
    expect((await cluster.kubectl(['logs', 'crash', '--previous'])).stdout).to.equal('run\n');
    await cluster.kubectl(['delete', 'pod', 'crash', '--now']);
  });

  it('says StartError for a program that is not there', async () => {
    await cluster.createPod('wrong', {
      containers: [{ name: 'main', image: 'busybox', command: ['nosuchprogram'] }],
      restartPolicy: 'Never',
    });
    const pod = await cluster.podWhen('wrong', 'to fail', (seen) => seen.status?.phase === 'Failed');
    expect(stateOf(pod)?.terminated).to.include({ reason: 'StartError', exitCode: 128 });
  });

  it('runs init containers in order, then the others, to their end', async () => {
    const volumeMounts = [{ name: 'shared', mountPath: '/shared' }];
    const step = (name: string) => ({
      name,
      image: 'busybox',
      command: ['sh', '-c', `echo ${name} >>/shared/steps`],
      volumeMounts,
    });
    await cluster.createPod('steps', {
      initContainers: [step('one'), step('two')],
      containers: [{ ...step('main'), command: ['cat', '/shared/steps'] }],
      restartPolicy: 'Never',
      volumes: [{ name: 'shared', emptyDir: {} }],
    });
    const pod = await cluster.podWhen('steps', 'to succeed', (seen) => seen.status?.phase === 'Succeeded');
    expect((await cluster.kubectl(['logs', 'steps'])).stdout).to.equal('one\ntwo\n');
    expect(pod.status?.initContainerStatuses?.map(({ ready }) => ready)).to.deep.equal([true, true]);
  });

  it('runs a sidecar beside the container that came after it', async () => {
    const sidecar = {
      name: 'side',
      image: 'nginx',
      restartPolicy: 'Always',
      startupProbe: { tcpSocket: { port: 80 } },
    };
    await cluster.createPod('both', {
      initContainers: [sidecar],
      ...busybox(`wget -qO- http://127.0.0.1/; ${idle}`),
    });
    const pod = await cluster.podWhen('both', 'to be Ready', isReady);
    expect(pod.status?.initContainerStatuses?.[0]).to.include({ ready: true, started: true });
    expect((await cluster.kubectl(['logs', 'both', '-c', 'main'])).stdout).to.include('Welcome to nginx!');
    await cluster.kubectl(['delete', 'pod', 'both', '--now']);
  });

  it('follows a readiness probe both ways, and restarts after a liveness probe failed', async () => {
    const script = `touch /tmp/ready /tmp/alive; ${idle}`;
    await cluster.createPod(
      'probed',
      busybox(script, {
        readinessProbe: { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 1, failureThreshold: 1 },
        livenessProbe: { exec: { command: ['cat', '/tmp/alive'] }, periodSeconds: 1, failureThreshold: 1 },
      }),
    );
    await cluster.podWhen('probed', 'to be Ready', isReady);
    await cluster.kubectl(['exec', 'probed', '--', 'rm', '/tmp/ready']);
    await cluster.podWhen('probed', 'to be unready', (pod) => !isReady(pod));
    await cluster.kubectl(['exec', 'probed', '--', 'rm', '/tmp/alive']);
    await cluster.podWhen(
      'probed',
      'to restart',
      (pod) => pod.status?.containerStatuses?.[0]?.restartCount === 1 && isReady(pod),
    );
    const events = (await cluster.events('probed')).map(
      ({ reason, message }) => `${reason}: ${message.trim()}`,
    );
    expect(events).to.include(
      "Unhealthy: Liveness probe failed: cat: can't open '/tmp/alive': No such file or directory",
    );
    expect(events).to.include('Killing: Container main failed liveness probe, will be restarted');
  });

  it('becomes Ready by its HTTP probe within half a second', async () => {
    await cluster.createPod('quick', {
      containers: [
        {
          name: 'web',
          image: 'nginx:1.27',
          readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 10 },
        },
      ],
    });
    const begun = performance.now();
    await cluster.podWhen('quick', 'to be Ready', isReady, 3000);
    expect(performance.now() - begun).to.be.lessThan(2500);
  });

  it('ends a pod gracefully: preStop, SIGTERM, then the object goes', async () => {
    await cluster.createPod('polite', {
      ...busybox("trap 'echo bye; exit 0' TERM; while true; do sleep 0.1; done", {
        lifecycle: { preStop: { exec: { command: ['sh', '-c', 'echo stopping >/proc/1/fd/1'] } } },
      }),
      terminationGracePeriodSeconds: 10,
    });
    await cluster.podWhen('polite', 'to be Ready', isReady);
    const logs = outcome(cluster.kubectl(['logs', '-f', 'polite']));
    await cluster.kubectl(['delete', 'pod', 'polite']);
    expect((await logs).stdout).to.equal('stopping\nbye\n');
    expect((await outcome(cluster.kubectl(['get', 'pod', 'polite']))).stderr).to.include('NotFound');
  });

  it('kills what does not heed SIGTERM when the grace period is over', async () => {
    await cluster.createPod('stubborn', busybox("trap '' TERM; while true; do sleep 0.1; done"));
    await cluster.podWhen('stubborn', 'to be Ready', isReady);
    const begun = performance.now();
    await cluster.kubectl(['delete', 'pod', 'stubborn']);
    expect(performance.now() - begun).to.be.within(1500, 8000);
  });

  it('heeds a shorter grace period that comes later', async () => {
    const script = "trap '' TERM; while true; do sleep 0.1; done";
    await cluster.createPod('slow', { ...busybox(script), terminationGracePeriodSeconds: 600 });
    await cluster.podWhen('slow', 'to be Ready', isReady);
    await cluster.kubectl(['delete', 'pod', 'slow', '--wait=false']);
    const begun = performance.now();
    await cluster.kubectl(['delete', 'pod', 'slow', '--grace-period=1']);
    expect(performance.now() - begun).to.be.lessThan(12_000);
  });
});

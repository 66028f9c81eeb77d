import { expect } from 'chai';
import { resources } from '../../../lib/kube/resources.ts';
import { waitFor } from '../../../lib/wait.ts';
import type { Pod } from '../../../sandbox/node/pods/pod.ts';
import { outcome, startCluster, type TestCluster } from './cluster.ts';

const isReady = (pod: Pod) =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
const stateOf = (pod: Pod, index = 0) => pod.status?.containerStatuses?.[index]?.state;
const busybox = (script: string, more: object = {}) => ({
  containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', script], ...more }],
});
const idle = "trap 'exit 0' TERM; while true; do sleep 0.1; done";

describe('a node', function () {
  this.timeout(30_000);
  let cluster: TestCluster;

  before(async () => {
    cluster = await startCluster();
  });

  after(async () => {
    await cluster?.close();
  });

  it('registers itself, becomes Ready with its podCIDR, renews its Lease', async () => {
    await cluster.kubectl(['wait', '--for=condition=Ready', 'node', '--all', '--timeout=10s']);
    const { stdout } = await cluster.kubectl(['get', 'nodes', '-o', 'wide']);
    expect(stdout)
      .to.match(/worker-node01 +Ready .* 192\.168\.56\.11 /)
      .and.match(/worker-node02 +Ready/);
    const lease = await cluster.kubectl([
      'get',
      'lease',
      '-n',
      'kube-node-lease',
      'worker-node01',
      '-o',
      'name',
    ]);
    expect(lease.stdout.trim()).to.equal('lease.coordination.k8s.io/worker-node01');
  });

  it("runs the documents' image; its address answers from every node and from other nodes' pods", async () => {
    await cluster.createPod('web', {
      containers: [{ name: 'web', image: 'docker.io/alicek106/rr-test:echo-hostname' }],
      imagePullSecrets: [{ name: 'regcred' }],
    });
    await cluster.createPod('client', busybox(idle), { node: 'worker-node02' });
    const web = await cluster.podWhen('web', 'to be Ready', isReady);
    await cluster.podWhen('client', 'to be Ready', isReady);
    const url = `http://${web.status?.podIP}/`;
    expect(web.status?.podIP).to.match(/^172\.16\.1\.\d+$/);
    for (const node of ['worker-node01', 'worker-node02']) {
      const page = await cluster.onNode(node, ['busybox', 'wget', '-qO-', url]);
      expect(page.stdout.split('\n')).to.include('\t<p>Hello,  web</p>\t</blockquote>');
    }
    const seen = await cluster.kubectl([
      'exec',
      'client',
      '--',
      'wget',
      '-T',
      '2',
      '-qO-',
      `${url}cgi-bin/clientip`,
    ]);
    const client = await cluster.pod('client');
    expect(seen.stdout.trim()).to.equal(client.status?.podIP);
    const warnings = (await cluster.events('web')).filter(({ type }) => type === 'Warning');
    expect(warnings.map(({ reason, message }) => `${reason}: ${message}`)).to.deep.equal([
      'FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
    ]);
  });

  it('gives a container host name, resolv.conf, Service variables, ConfigMap and Secret', async () => {
    await cluster.client.create(resources.configMaps, {
      metadata: { namespace: 'default', name: 'settings' },
      data: { colour: 'blue' },
    } as never);
    await cluster.createPod(
      'informed',
      {
        ...busybox(idle, {
          env: [
            { name: 'COLOUR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'colour' } } },
            { name: 'WHERE', value: '$(COLOUR) on $(NODE) $$(NODE) $(NOTHING)' },
            { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            { name: 'LATER', value: '$(COLOUR) on $(NODE)' },
          ],
          volumeMounts: [{ name: 'files', mountPath: '/etc/files', readOnly: true }],
        }),
        volumes: [{ name: 'files', configMap: { name: 'settings' } }],
      },
      { metadata: { labels: { app: 'x' } } },
    );
    await cluster.podWhen('informed', 'to be Ready', isReady);
    const script = 'hostname; cat /etc/resolv.conf /etc/files/colour; echo; env | sort';
    const { stdout } = await cluster.kubectl(['exec', 'informed', '--', 'sh', '-c', script]);
    expect(stdout.split('\n').slice(0, 5)).to.deep.equal([
      'informed',
      'search default.svc.cluster.local svc.cluster.local cluster.local',
      'nameserver 172.17.0.10',
      'options ndots:5',
      'blue',
    ]);
    expect(stdout)
      .to.include('KUBERNETES_SERVICE_HOST=172.17.0.1\n')
      .and.include('COLOUR=blue\n')
      .and.include('LATER=blue on worker-node01\n')
      .and.include('WHERE=blue on $(NODE) $(NODE) $(NOTHING)\n');
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
    const reasons = (await cluster.events('nothing')).map(({ reason, message }) => `${reason} ${message}`);
    expect(reasons).to.include('BackOff Back-off pulling image "nosuch/image:1"');
    expect(reasons).to.include('Failed Error: ErrImagePull').and.include('Failed Error: ImagePullBackOff');
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

  it('gives no address twice in a row, and leaves no cable behind', async () => {
    const addresses: (string | undefined)[] = [];
    for (const name of ['first', 'second']) {
      await cluster.createPod(name, busybox(idle));
      addresses.push((await cluster.podWhen(name, 'to be Ready', isReady)).status?.podIP);
      await cluster.kubectl(['delete', 'pod', name, '--now']);
    }
    expect(addresses[0]).not.to.equal(addresses[1]);
    const { stdout } = await cluster.onNode('worker-node01', ['ip', 'route']);
    for (const address of addresses) expect(stdout).not.to.include(`${address} `);
  });

  it('gives the address of a finished pod back, and keeps showing it', async () => {
    await cluster.createPod('done', { ...busybox('exit 0'), restartPolicy: 'Never' });
    const done = await cluster.podWhen('done', 'to succeed', (pod) => pod.status?.phase === 'Succeeded');
    await waitFor(
      async () =>
        !(await cluster.onNode('worker-node01', ['ip', 'route'])).stdout.includes(`${done.status?.podIP} `),
      { what: 'the cable to go', timeoutMs: 5000 },
    );
    expect((await cluster.pod('done')).status?.podIP).to.equal(done.status?.podIP);
  });

  it("puts a hostNetwork pod on the node's network", async () => {
    await cluster.createPod('host', {
      hostNetwork: true,
      containers: [{ name: 'web', image: 'nginx', readinessProbe: { httpGet: { port: 80 } } }],
    });
    const pod = await cluster.podWhen('host', 'to be Ready', isReady);
    expect(pod.status?.podIP).to.equal('192.168.56.11');
    const page = await cluster.onNode('worker-node02', ['busybox', 'wget', '-qO-', 'http://192.168.56.11/']);
    expect(page.stdout).to.include('Welcome to nginx!');
    await cluster.kubectl(['delete', 'pod', 'host', '--now']);
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

  it('drops privileges: a pod cannot configure the network nor write to the kernel', async () => {
    const script = 'ip link set eth0 down; echo 1 >/proc/sys/vm/panic_on_oom; ip addr show eth0';
    const { stdout, stderr } = await cluster.kubectl(['exec', 'client', '--', 'sh', '-c', script]);
    expect(stderr)
      .to.match(/Operation not permitted/)
      .and.match(/panic_on_oom: Read-only file system/);
    expect(stdout).to.include('UP');
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

  it('goes on when the API server was restarted', async () => {
    const before = await cluster.pod('client');
    await cluster.restartApi();
    await cluster.createPod('later', busybox(idle), { node: 'worker-node02' });
    await cluster.podWhen('later', 'to be Ready', isReady, 20_000);
    const after = await cluster.pod('client');
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

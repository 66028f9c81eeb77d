import { expect } from 'chai';
import { resources } from '../../../lib/kube/resources.ts';
import { waitFor } from '../../../lib/wait.ts';
import { startCluster, type TestCluster } from './cluster.ts';
import { busybox, idle, isReady } from './pod-spec.ts';

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

  it('drops privileges: a pod cannot configure the network nor write to the kernel', async () => {
    const script = 'ip link set eth0 down; echo 1 >/proc/sys/vm/panic_on_oom; ip addr show eth0';
    const { stdout, stderr } = await cluster.kubectl(['exec', 'client', '--', 'sh', '-c', script]);
    expect(stderr)
      .to.match(/Operation not permitted/)
      .and.match(/panic_on_oom: Read-only file system/);
    expect(stdout).to.include('UP');
  });
});

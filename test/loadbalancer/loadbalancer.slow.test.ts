import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { ApiError } from '../../lib/kube/api-error.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { CoreV1Event, KubeObject, V1Lease, Wire } from '../../lib/kube/types.ts';
import { waitFor } from '../../lib/wait.ts';
import type { Service } from '../../loadbalancer/service.ts';
import { bundleInto } from '../proxy/bundle.ts';
import { startApi, type TestApi } from '../sandbox/apiserver/start-api.ts';
import { createLan, type Lan } from './lan.ts';

/** Two load balancers on two nodes of a LAN, with their own small rights; asked from outside, by real ARP. */
describe('the load balancer', function () {
  this.timeout(120_000);

  let folder: string;
  let api: TestApi;
  let lan: Lan;
  let kubeconfig: string;
  const running = new Map<'n1' | 'n2', ChildProcess>();

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/loadbalancer-`);
    await bundleInto(folder, { loadbalancer: 'loadbalancer/main.ts' });
    api = await startApi();
    lan = await createLan(folder, api.socket);
    const text = readFileSync(await api.kubeconfigFor('workshop:loadbalancer'), 'utf8');
    kubeconfig = `${folder}/kubeconfig`;
    writeFileSync(kubeconfig, text.replace(api.url, 'https://127.0.0.1:6443'), { mode: 0o600 });
    for (const name of ['n1', 'n2']) {
      await api.client.create(resources.nodes, { metadata: { name } });
      await ready(name, 'True');
    }
    start('n1');
    await waitFor(async () => (await holder()) === 'n1', { what: 'n1 to lead', timeoutMs: 15_000 });
    start('n2');
  });

  after(async () => {
    for (const child of running.values()) child.kill('SIGKILL');
    await lan?.close();
    await api?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(node: 'n1' | 'n2'): void {
    const flags = [
      `--kubeconfig=${kubeconfig}`,
      `--node-name=${node}`,
      `--node-ip=192.168.56.1${node.slice(1)}`,
    ];
    const more = ['--pool=192.168.56.240-192.168.56.241', '--lease-duration=4s'];
    running.set(node, lan.start(node, process.execPath, `${folder}/loadbalancer.mjs`, ...flags, ...more));
  }
  async function end(node: 'n1' | 'n2', signal: NodeJS.Signals): Promise<unknown> {
    const child = running.get(node);
    if (!child) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    return (await exit).join(' ');
  }
  const ready = (name: string, status: string) =>
    api.client.patch(
      resources.nodes,
      { name },
      { status: { conditions: [{ type: 'Ready', status }] } },
      { type: 'merge', subresource: 'status' },
    );
  const holder = async () => {
    const ref = { namespace: 'kube-system', name: 'workshop-loadbalancer' };
    const lease = await api.client.get<Wire<V1Lease> & KubeObject>(resources.leases, ref);
    return lease.spec?.holderIdentity;
  };
  const expose = (name: string, spec: object = {}) =>
    api.client.create(resources.services, {
      metadata: { name, namespace: 'default' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
    } as never);
  const remove = (name: string) => api.client.delete(resources.services, { namespace: 'default', name });
  const ipOf = async (name: string) => {
    const service = await api.client.get<Service>(resources.services, { namespace: 'default', name });
    return service.status?.loadBalancer?.ingress?.[0]?.ip;
  };
  const soon = (what: string, look: () => Promise<unknown>, timeoutMs = 30_000) =>
    waitFor(async () => Boolean(await look()), { what, timeoutMs });
  const macOf = async (node: 'n1' | 'n2') => {
    const [link] = JSON.parse(await lan.ask(node, 'ip', '-json', 'link', 'show', 'eth0')) as {
      address: string;
    }[];
    return link?.address;
  };
  /** Which nodes answer when somebody outside asks for an address. */
  const answerers = async (address: string) => {
    const text = await lan.ask('outside', 'busybox', 'arping', '-c', '1', '-w', '1', '-I', 'lan0', address);
    const macs = [...text.matchAll(/reply from \S+ \[([0-9a-f:]+)\]/gi)].map(([, mac]) => mac?.toLowerCase());
    const known = await Promise.all(
      (['n1', 'n2'] as const).map(async (node) => [node, await macOf(node)] as const),
    );
    return known.flatMap(([node, mac]) => (macs.includes(mac) ? [node] : [])).join(' and ');
  };
  const own = (node: 'n1' | 'n2') => lan.ask(node, 'ip', '-4', 'address', 'show', 'dev', 'eth0');

  it('gives addresses, honours wishes, and says why it cannot', async () => {
    await expose('wishing', { loadBalancerIP: '192.168.56.241' });
    await soon('the wished address', async () => (await ipOf('wishing')) === '192.168.56.241');
    await expose('any');
    await soon('the other address', async () => (await ipOf('any')) === '192.168.56.240');
    await expose('late');
    await expose('far', { loadBalancerIP: '10.9.9.9' });
    await soon('two warnings', async () => {
      const { items } = await api.client.list<Wire<CoreV1Event> & object>(resources.events, {
        namespace: 'default',
      });
      return items.filter(({ reason }) => reason === 'AllocationFailed').length >= 2;
    });
    await remove('wishing');
    await soon('the freed address', async () => (await ipOf('late')) === '192.168.56.241');
    await remove('far');
  });

  it('has one node answer for what was given, and for nothing else', async () => {
    expect(await answerers('192.168.56.240')).to.equal('n1');
    expect(await own('n2')).to.not.include('192.168.56.24');
    await remove('late');
    await soon('the address to be withdrawn', async () => !(await own('n1')).includes('192.168.56.241/32'));
    expect(await answerers('192.168.56.241')).to.equal('');
  });

  it('goes on at once when it was killed and is there again', async () => {
    await end('n1', 'SIGKILL');
    start('n1');
    await expose('after');
    await soon('an address', async () => (await ipOf('after')) === '192.168.56.241');
    expect(await holder()).to.equal('n1');
    await remove('after');
  });

  it('hands its addresses over when it is told to end', async () => {
    expect(await end('n1', 'SIGTERM')).to.equal('0 ');
    expect(await own('n1')).to.not.include('192.168.56.24');
    await soon('n2 to answer', async () => (await answerers('192.168.56.240')) === 'n2');
    expect(await ipOf('any'), 'the address is kept').to.equal('192.168.56.240');
  });

  it('hands them over when its node is not Ready any more', async () => {
    start('n1');
    await ready('n2', 'False');
    await soon('n1 to answer', async () => (await answerers('192.168.56.240')) === 'n1');
    expect(await own('n2')).to.not.include('192.168.56.24');
    await ready('n2', 'True');
  });

  it('is followed by the other one when it is gone without a word, and withdraws what it left when it is back', async () => {
    await end('n1', 'SIGKILL');
    await soon('n2 to have the address', async () => (await own('n2')).includes('192.168.56.240/32'));
    start('n1');
    await soon('n1 to withdraw', async () => !(await own('n1')).includes('192.168.56.240/32'));
    expect(await answerers('192.168.56.240')).to.equal('n2');
  });

  it('withdraws before another may take over when it is cut off from the API', async () => {
    running.get('n1')?.kill('SIGSTOP');
    await lan.ask('n2', 'sh', '-c', 'ip link set lo down');
    await soon('n2 to withdraw', async () => !(await own('n2')).includes('192.168.56.240/32'), 10_000);
    await lan.ask('n2', 'sh', '-c', 'ip link set lo up');
    running.get('n1')?.kill('SIGCONT');
    await soon('somebody to answer', async () => (await answerers('192.168.56.240')) !== '');
  });

  it('may do nothing else', async () => {
    const client = await api.clientFor('workshop:loadbalancer');
    const refused = async (call: Promise<unknown>) => {
      const error = await call.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(ApiError).and.include({ code: 403 });
    };
    await refused(client.list(resources.pods));
    await refused(client.list(resources.secrets));
    await refused(client.delete(resources.services, { namespace: 'default', name: 'any' }));
    await refused(
      client.patch(
        resources.services,
        { namespace: 'default', name: 'any' },
        { spec: {} },
        { type: 'merge' },
      ),
    );
    await refused(client.get(resources.leases, { namespace: 'kube-system', name: 'another' }));
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { installProxy } from '../../../../scripts/proxy/install/install.ts';
import type { InstallOptions, NodeOutcome } from '../../../../scripts/proxy/install/target.ts';
import { uninstallProxy } from '../../../../scripts/proxy/install/uninstall.ts';
import { bundleInto } from '../../../proxy/bundle.ts';
import { startApi, type TestApi } from '../../../sandbox/apiserver/start-api.ts';
import { type Machine, startMachine } from './machine.ts';

/** The real proxy put on a machine that stands in for a node, with the unit's own capabilities and no others. */
describe('installing the proxy on a node', function () {
  this.timeout(60_000);

  let folder: string;
  let api: TestApi;
  let machine: Machine;
  let program: string;

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/install-`);
    await bundleInto(folder, { proxy: 'proxy/main.ts' });
    program = readFileSync(`${folder}/proxy.mjs`, 'utf8');
    api = await startApi();
    machine = await startMachine(folder, api.socket);
    await api.client.create(resources.nodes, { metadata: { name: 'worker-node01' } });
    await api.client.create(resources.services, {
      metadata: { name: 'web', namespace: 'default' },
      spec: { clusterIP: '172.17.5.5', ports: [{ port: 80, targetPort: 8080 }] },
    } as never);
    await api.client.create(resources.endpointSlices, {
      metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['172.16.1.5'], conditions: { ready: true } }],
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    } as never);
  });

  after(async () => {
    await machine?.close();
    await api?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const install = (more: Partial<InstallOptions> = {}): Promise<NodeOutcome[]> =>
    installProxy({
      cluster: {
        client: api.client,
        server: 'https://127.0.0.1:6443',
        ca: api.authority.cert,
        authority: api.authority,
      },
      nodes: [machine.node],
      setup: { mode: 'nftables' },
      program,
      healthyWithinMs: 20_000,
      ...more,
    });
  const ourFiles = () =>
    machine.shell(
      'ls -d /etc/workshop-proxy /usr/local/lib/workshop-proxy /etc/systemd/system/workshop* 2>/dev/null',
    );
  const rules = () => machine.shell('nft list ruleset');
  const ran = () => machine.shell('cat /run/systemctl/pid');

  it('only says what it would do with dryRun', async () => {
    const [outcome] = await install({ dryRun: true });
    expect(outcome).to.have.property('kind', 'planned');
    expect(await ourFiles()).to.equal('');
  });

  it('leaves nothing behind when the proxy does not start', async () => {
    const broken =
      'process.stderr.write("proxy: could not go on\\n"); process.exitCode = process.argv.includes("--cleanup") ? 0 : 3;';
    const [outcome] = await install({ program: broken });
    expect(outcome).to.deep.include({ node: 'worker-node01', kind: 'failed', undone: true });
    expect((outcome as { error: Error }).error.message).to.equal(
      'could not start the proxy on worker-node01: proxy: could not go on',
    );
    expect(await ourFiles()).to.equal('');
  });

  it('has all rules in the kernel when it says so, with the rights of the unit alone', async () => {
    expect(await install()).to.deep.equal([{ node: 'worker-node01', kind: 'installed' }]);
    expect(await rules()).to.include('172.17.5.5');
    expect(await machine.shell('stat -c %a /etc/workshop-proxy/kubeconfig')).to.equal('600\n');
    const held = await machine.shell(
      'for p in /proc/[0-9]*; do grep -aq proxy.mjs $p/cmdline && grep CapBnd $p/status; done',
    );
    // CAP_NET_ADMIN is 12, CAP_NET_RAW 13.
    expect(held).to.include('CapBnd:\t0000000000003000');
  });

  it('does nothing the second time', async () => {
    const before = await ran();
    expect(await install()).to.deep.equal([{ node: 'worker-node01', kind: 'unchanged' }]);
    expect(await ran()).to.equal(before);
  });

  it('keeps the configuration somebody edited, unless it is told to overrule it', async () => {
    await machine.shell('sed -i s/nftables/iptables/ /etc/workshop-proxy/config.yaml');
    expect(await install()).to.deep.equal([{ node: 'worker-node01', kind: 'unchanged' }]);
    expect(await install({ setup: { mode: 'nftables', overrule: true } })).to.deep.equal([
      { node: 'worker-node01', kind: 'upgraded' },
    ]);
    expect(await machine.shell('cat /etc/workshop-proxy/config.yaml')).to.include('mode: nftables');
  });

  it('loses no request while a newer program is put in place', async () => {
    const asking = machine.shell(`node -e '${asker}' >/run/asked`);
    await machine.shell('while ! [ -e /run/asking ]; do sleep 0.05; done');
    expect(await install({ program: `${program}\n// newer\n` })).to.deep.equal([
      { node: 'worker-node01', kind: 'upgraded' },
    ]);
    await machine.shell('rm /run/asking');
    await asking;
    const { good, bad } = JSON.parse(await machine.shell('cat /run/asked'));
    expect(bad).to.deep.equal([]);
    expect(good).to.be.greaterThan(20);
  });

  it('goes back to the program before when a newer one does not start', async () => {
    const [outcome] = await install({ program: 'process.exit(3);' });
    expect(outcome).to.deep.include({ kind: 'failed', undone: true });
    expect(await machine.shell('tail -n1 /usr/local/lib/workshop-proxy/proxy.mjs')).to.equal('// newer\n');
    expect(await install({ program: `${program}\n// newer\n` })).to.deep.equal([
      { node: 'worker-node01', kind: 'unchanged' },
    ]);
  });

  for (const mode of ['iptables', 'userspace', 'nftables'] as const) {
    it(`serves in mode ${mode} with the rights of the unit alone`, async () => {
      await install({ setup: { mode, overrule: true }, program: `${program}\n// newer\n` });
      const once =
        'const s = require("node:net").connect(80, "172.17.5.5"); s.pipe(process.stdout); s.setTimeout(3000, () => s.destroy())';
      expect(await machine.shell(`node -e '${once}'`)).to.equal('hello');
      expect(await machine.shell(`busybox wget -q -O - http://127.0.0.1:10249/proxyMode`)).to.equal(mode);
    });
  }

  it('names the node that cannot be reached, and serves the others', async () => {
    const away = { name: 'worker-node02', address: '192.0.2.12', ssh: ['false'] as const };
    const outcomes = await install({ nodes: [away, machine.node], program: `${program}\n// newer\n` });
    expect(outcomes.map(({ node, kind }) => `${node} ${kind}`)).to.deep.equal([
      'worker-node02 failed',
      'worker-node01 unchanged',
    ]);
    expect((outcomes[0] as { error: Error }).error.message).to.include('worker-node02 (192.0.2.12)');
  });

  it('refuses while a kube-proxy runs there, and says what to do', async () => {
    await machine.shell('cp "$(command -v sleep)" /run/kube-proxy; /run/kube-proxy 100 >/dev/null 2>&1 &');
    const [outcome] = await install();
    await machine.shell('kill $(grep -l "^kube-proxy$" /proc/[0-9]*/comm | cut -d/ -f3)');
    expect((outcome as { error: Error }).error.message).to.include('kube-proxy runs there');
  });

  it('refuses an API server at its virtual IP', async () => {
    const cluster = { client: api.client, ca: api.authority.cert, server: 'https://172.17.0.1:443' };
    const error = await install({ cluster }).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error?.message).to.include('exists only once the proxy works');
  });

  it('leaves nothing after it was uninstalled', async () => {
    expect(await uninstallProxy({ nodes: [machine.node] })).to.deep.equal([
      { node: 'worker-node01', kind: 'removed' },
    ]);
    expect(await ourFiles()).to.equal('');
    expect(await rules()).to.not.match(/172\.17\.5\.5|KUBE-|workshop/);
    expect(await machine.shell('ls /run/systemctl/pid /run/systemctl/enabled 2>/dev/null')).to.equal('');
    expect(await uninstallProxy({ nodes: [machine.node] })).to.deep.equal([
      { node: 'worker-node01', kind: 'absent' },
    ]);
  });
});

/** Asks the Service again and again, until its mark is taken away. */
const asker = `const fs = require("node:fs"), net = require("node:net"), bad = [];
let good = 0;
function again() {
  if (!fs.existsSync("/run/asking")) return console.log(JSON.stringify({ good, bad }));
  let text = "";
  const s = net.connect({ host: "172.17.5.5", port: 80, timeout: 2000 });
  s.on("data", (d) => (text += d)).on("timeout", () => s.destroy(new Error("silent"))).on("error", (e) => bad.push(e.message));
  s.on("close", () => { if (text === "hello") good++; setTimeout(again, 10); });
}
fs.writeFileSync("/run/asking", "");
again();`;

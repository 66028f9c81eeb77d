import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { clusterPaths } from '../../../lib/paths.ts';
import { loadSettings } from '../../../lib/settings/load.ts';
import { addonObjects } from '../../../sandbox/inside/addons.ts';
import { componentsOf } from '../../../sandbox/inside/components.ts';
import { rotate } from '../../../sandbox/inside/rotate.ts';
import { createSteps } from '../../../sandbox/inside/steps.ts';

const settings = loadSettings();

describe('the components of a sandbox', () => {
  const components = componentsOf(settings, clusterPaths('c', '/state'));
  const commandOf = (name: string) => components.find((each) => each.name === name)?.command.join(' ') ?? '';

  it('are one API server, one set of controllers, an agent and a proxy on each node, and a load balancer on each worker', () => {
    expect(components.map(({ name, node }) => `${name} on ${node}`)).to.deep.equal([
      'apiserver on master-node',
      'controllers on master-node',
      'node@master-node on master-node',
      'node@worker-node01 on worker-node01',
      'node@worker-node02 on worker-node02',
      'proxy@master-node on master-node',
      'proxy@worker-node01 on worker-node01',
      'proxy@worker-node02 on worker-node02',
      'loadbalancer@worker-node01 on worker-node01',
      'loadbalancer@worker-node02 on worker-node02',
    ]);
  });

  it('get the settings as flags', () => {
    expect(commandOf('apiserver')).to.contain('--service-cluster-ip-range=172.17.0.0/18');
    expect(commandOf('loadbalancer@worker-node01')).to.contain('--pool=192.168.56.240-192.168.56.250');
    expect(commandOf('node@worker-node01')).to.contain('--node-ip=192.168.56.11');
    expect(commandOf('proxy@worker-node02')).to.match(/proxy.*--hostname-override=worker-node02/);
  });

  it('have no load balancers when there is no pool', () => {
    const without = { ...settings, network: { ...settings.network, loadBalancers: undefined } };
    const commands = componentsOf(without, clusterPaths('c', '/state')).map(({ command }) =>
      command.join(' '),
    );
    expect(commands.join('\n')).to.not.contain('loadbalancer');
  });
});

describe('the add-ons', () => {
  it('get address, domain and credentials filled in', () => {
    const objects = addonObjects(settings, 'kube config');
    const text = JSON.stringify(objects);
    expect(objects.map(({ kind }) => kind)).to.deep.equal(['Service', 'Secret', 'Deployment']);
    expect(text).to.contain('"clusterIP":"172.17.0.10"').and.to.contain('--cluster-domain=cluster.local');
    expect(text).to.contain(Buffer.from('kube config').toString('base64')).and.to.not.contain('$(');
  });
});

describe('rotating logs', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rotate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('moves a long file aside and leaves an empty one', () => {
    const file = join(folder, 'log');
    writeFileSync(file, 'x'.repeat(100));
    rotate(file, 99);
    expect([readFileSync(file, 'utf8'), readFileSync(`${file}.1`, 'utf8').length]).to.deep.equal(['', 100]);
  });

  it('leaves a short one, and does not mind a missing one', () => {
    const file = join(folder, 'log');
    writeFileSync(file, 'short');
    rotate(file, 99);
    rotate(join(folder, 'none'), 99);
    expect(readFileSync(file, 'utf8')).to.equal('short');
  });
});

describe('the steps of coming up', () => {
  it('are told to whoever asks, early or late', async () => {
    const steps = createSteps();
    const collect = async () => {
      const seen: string[] = [];
      for await (const { step, state } of steps.follow(new AbortController().signal))
        seen.push(`${step} ${state}`);
      return seen;
    };
    const early = collect();
    await steps.step('one', async () => {});
    await steps.step('two', () => Promise.reject(new Error('no'))).catch(() => {});
    steps.finish();
    const expected = ['one started', 'one done', 'two started', 'two failed'];
    expect(await early).to.deep.equal(expected);
    expect(await collect()).to.deep.equal(expected);
  });
});

import { expect } from 'chai';
import { clusterPaths } from '../../../lib/paths.ts';
import { loadSettings } from '../../../lib/settings/load.ts';
import { addonObjects } from '../../../sandbox/inside/addons.ts';
import { componentsOf } from '../../../sandbox/inside/components.ts';
import { rbacObjects } from '../../../sandbox/inside/rbac.ts';

const settings = loadSettings();

describe('the components of a sandbox below a control plane of Kubernetes', () => {
  const components = componentsOf(settings, clusterPaths('c', '/state'), {
    kind: 'kubernetes',
    bundle: '/bundle',
  });
  const commandOf = (name: string) => components.find((each) => each.name === name)?.command ?? [];

  it('are its programs, and the same agents, proxies and load balancers', () => {
    expect(components.map(({ name }) => name)).to.deep.equal([
      ...['etcd', 'apiserver', 'controllers', 'scheduler'],
      ...['node@master-node', 'node@worker-node01', 'node@worker-node02'],
      ...['proxy@master-node', 'proxy@worker-node01', 'proxy@worker-node02'],
      ...['loadbalancer@worker-node01', 'loadbalancer@worker-node02'],
    ]);
  });

  it('begin with etcd', () => {
    expect(components.filter(({ first }) => first).map(({ name }) => name)).to.deep.equal(['etcd']);
  });

  const programs: [string, string][] = [
    ['etcd', '/bundle/bin/etcd'],
    ['apiserver', '/bundle/bin/kube-apiserver'],
    ['controllers', '/bundle/bin/kube-controller-manager'],
    ['scheduler', '/bundle/bin/kube-scheduler'],
  ];
  for (const [name, program] of programs) {
    it(`run ${program} from the bundle`, () => expect(commandOf(name)[0]).to.equal(program));
  }

  it('get the settings as flags', () => {
    expect(commandOf('apiserver')).to.include('--service-cluster-ip-range=172.17.0.0/18');
    expect(commandOf('apiserver')).to.include('--service-node-port-range=30000-32767');
    expect(commandOf('controllers')).to.include('--cluster-cidr=172.16.0.0/16');
    expect(commandOf('loadbalancer@worker-node01').join(' ')).to.contain('192.168.56.240-192.168.56.250');
    expect(commandOf('node@worker-node01')).to.include('--coredns=/bundle/bin/coredns');
  });

  it('leave an embedded control plane as it is', () => {
    const commands = componentsOf(settings, clusterPaths('c', '/state')).map(({ command }) =>
      command.join(' '),
    );
    expect(commands.join('\n')).to.not.match(/bundle|--coredns|--controllers/);
  });
});

describe('the add-ons below a control plane of Kubernetes', () => {
  it('are CoreDNS with an account, roles and a configuration of its own', () => {
    const objects = addonObjects(settings, 'kube config', 'kubernetes');
    expect(objects.map(({ kind }) => kind)).to.deep.equal([
      ...['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'Service', 'Deployment'],
    ]);
    const text = JSON.stringify(objects);
    expect(text).to.contain('cluster.local:53').and.to.not.contain('$(');
    expect(text).to.not.contain(Buffer.from('kube config').toString('base64'));
  });

  it('let nodes read nodes, administrators do everything, the load balancer its work, and nobody more', () => {
    const bindings = rbacObjects().filter(({ kind }) => kind === 'ClusterRoleBinding');
    expect(bindings.map(({ metadata }) => metadata?.name)).to.deep.equal([
      'kubeadm:cluster-admins',
      'workshop:node-routes',
      'workshop:loadbalancer',
    ]);
  });
});

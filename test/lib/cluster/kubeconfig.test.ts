import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ClusterFacts, contradictions } from '../../../lib/cluster/kubeconfig/contradictions.ts';
import { currentContext, nameOfKubeconfig } from '../../../lib/cluster/kubeconfig/name.ts';
import { openAnyCluster } from '../../../lib/cluster/kubeconfig/open.ts';
import type { KubeconfigRecord } from '../../../lib/cluster/kubeconfig/record.ts';
import { sshCommand } from '../../../lib/cluster/ssh.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { clusterPaths } from '../../../lib/paths.ts';
import { loadSettings } from '../../../lib/settings/load.ts';
import { labelFault } from '../../../lib/settings/shape.ts';
import { formatYaml } from '../../../lib/yaml.ts';

const settings = loadSettings();

describe("somebody else's cluster", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function kubeconfig(
    name: string,
    context: string,
    user: object = { token: 'secret' },
    cluster = {},
  ): string {
    const file = join(folder, name);
    const server = 'https://127.0.0.1:1';
    const text = formatYaml({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server, ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: context, context: { cluster: 'c', user: 'u' } }],
      'current-context': context,
    });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  it('is named after its context and its file', () => {
    const names = [
      nameOfKubeconfig(kubeconfig('a', 'kubernetes-admin@kubernetes')),
      nameOfKubeconfig(kubeconfig('b', 'kubernetes-admin@kubernetes')),
      nameOfKubeconfig(
        kubeconfig('c', 'arn:aws:eks:eu-central-1:1234:cluster/a-rather-long-name-of-a-cluster'),
      ),
      nameOfKubeconfig(kubeconfig('d', '日本')),
      nameOfKubeconfig(kubeconfig('d', '日本語')),
    ];
    expect(new Set(names)).to.have.lengthOf(5);
    for (const name of names) expect(labelFault(name)).to.equal(undefined);
    expect(names[0]).to.match(/^kubernetes-admin-kubernetes-[0-9a-f]{8}$/);
    expect(names[3]).to.match(/^cluster-/);
  });

  it('has the same name by whatever path its file is called', () => {
    const file = kubeconfig('a', 'x');
    expect(nameOfKubeconfig(join(folder, '..', folder.split('/').at(-1) ?? '', 'a'))).to.equal(
      nameOfKubeconfig(file),
    );
  });

  it('needs a file that can be read and has a current context', () => {
    expect(() => currentContext(join(folder, 'none'))).to.throw('could not read the kubeconfig');
    expect(() => currentContext(kubeconfig('a', ''))).to.throw('it has no current context');
  });

  const ways: [user: object, cluster: object, message: string][] = [
    [{ exec: { command: 'aws', apiVersion: 'v1', args: [] } }, {}, 'its user u logs in by the program aws'],
    [{ 'auth-provider': { name: 'gcp', config: {} } }, {}, 'its user u logs in by the provider gcp'],
    [{ username: 'a', password: 'b' }, {}, 'its user u logs in with a password'],
    [{ token: 'x', as: 'admin' }, {}, 'its user u acts as admin'],
    [{ token: 'x' }, { 'proxy-url': 'http://proxy' }, 'the workshop does not know its field proxy-url'],
    [{ token: 'x' }, { 'tls-server-name': 'x' }, 'the workshop does not know its field tls-server-name'],
  ];
  for (const [user, cluster, message] of ways) {
    it(`is refused in a sentence where ${message}`, () => {
      expect(() => loadKubeconfig(kubeconfig('a', 'x', user, cluster))).to.throw(message);
    });
  }

  it('is not mistaken for another one when the current context has changed', () => {
    const record: KubeconfigRecord = {
      ...{ backend: 'kubeconfig', name: 'x', kubeconfig: kubeconfig('a', 'second'), context: 'first' },
      ...{ settings, ssh: {}, access: {} },
    };
    expect(() => openAnyCluster('x', clusterPaths('x', folder), record)).to.throw('is second now, not first');
  });

  it('refuses to stop what it has no components for, and commands for nodes that it lacks', async () => {
    const file = kubeconfig('a', 'x');
    const access = { 'worker-node01': { ssh: ['ssh', 'worker-node01'] as const, become: ['sudo', '-n'] } };
    const record = {
      backend: 'kubeconfig',
      name: 'x',
      kubeconfig: file,
      context: 'x',
      settings,
      ssh: {},
      access,
    } as const;
    const cluster = openAnyCluster('x', clusterPaths('x', folder), record);
    const thrown = await cluster.components.stop('apiserver').catch((error: unknown) => error);
    expect(String(thrown)).to.contain('only the sandbox has such components');
    expect(() => cluster.nodeCommand('worker-node1', [])).to.throw('did you mean worker-node01?');
    expect(cluster.nodeCommand('outside', ['ip', 'route'])).to.deep.equal(['ip', 'route']);
    expect(cluster.nodeCommand('worker-node01', ['nft', '-f', 'a b']).at(-1)).to.equal(
      "sudo -n nft -f 'a b'",
    );
    cluster.close();
  });

  it('is reached as root without sudo where ssh logs in as root', () => {
    const way = { ssh: ['ssh', '-l', 'root', 'n'] as const, become: [] };
    expect(sshCommand(way, ['id'])).to.deep.equal(['ssh', '-l', 'root', 'n', '--', 'id']);
  });
});

describe('settings and what the API says', () => {
  const nodes = settings.nodes.map(({ name, address }, index) => ({
    metadata: { name },
    spec: { podCIDR: `172.16.${index}.0/24` },
    status: { addresses: [{ type: 'InternalIP', address }] },
  }));
  const facts: ClusterFacts = { nodes, firstService: '172.17.0.1', dns: '172.17.0.10' };
  const [first, ...others] = nodes;
  const renamed = { ...first, metadata: { name: 'master-nod' } };

  const cases: [title: string, change: Partial<ClusterFacts>, problems: string[]][] = [
    ['nothing when both agree', {}, []],
    ['nothing of what the API does not tell', { firstService: undefined, dns: undefined }, []],
    [
      'nothing of pods whose network is not in the nodes',
      { nodes: nodes.map(({ spec: _, ...node }) => node) },
      [],
    ],
    [
      'a node that is not there, and one that is',
      { nodes: [renamed, ...others] },
      [
        'nodes[0].name: the cluster has no node master-node; did you mean master-nod?',
        'nodes: the cluster also has master-nod',
      ],
    ],
    [
      'another address',
      {
        nodes: [
          { ...first, status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] } },
          ...others,
        ],
      },
      ['nodes[0].address: 192.168.56.10, but master-node has 10.0.0.1'],
    ],
    [
      'another network of pods',
      { nodes: [{ ...first, spec: { podCIDRs: ['10.244.0.0/24', 'fd00::/64'] } }, ...others] },
      ['network.pods: 172.16.0.0/16, but the pods of master-node are in 10.244.0.0/24'],
    ],
    [
      'another network of Services, and another DNS',
      { firstService: '10.96.0.1', dns: '10.96.0.10' },
      [
        'network.services: 172.17.0.0/18, but the Service kubernetes, whose address is the first, has 10.96.0.1',
        'network.dns: 172.17.0.10, but the Service kube-dns has 10.96.0.10',
      ],
    ],
  ];
  for (const [title, change, problems] of cases) {
    it(`name ${title}`, () => {
      expect(contradictions(settings, { ...facts, ...change })).to.deep.equal(problems);
    });
  }
});

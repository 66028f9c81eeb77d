import { apiVersionOf, resources } from '../../lib/kube/resources.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { applyManifest, getService, nodesOf, type Service } from '../steps/objects.ts';
import { endpointsAre, readyPods } from '../steps/pods.ts';
import { type Look, until } from '../steps/until.ts';

const manifests = ['hostname-deployment', 'hostname-service-clusterip', 'hostname-service-nodeport'];

export const nothingLeft: Check = {
  claims: ['L-12'],
  title: 'after the lab is deleted nothing of it is left in the API, and no rule of it on any node',
  look: 'kubectl get all, events of what is still terminating; on each node the rules with the old cluster IPs',
  async run(lab) {
    for (const name of manifests) await applyManifest(lab, name);
    const pods = await readyPods(lab, 'app=webserver', 3);
    const services = await Promise.all(manifests.slice(1).map((name) => getService(lab, name)));
    for (const { metadata } of services) await endpointsAre(lab, metadata?.name ?? '', pods);
    const traces = services.map((service) => service.spec?.clusterIP ?? '');
    const nodes = (await nodesOf(lab)).map(({ name }) => name);
    for (const node of nodes) {
      await rulesHave(lab, node, traces);
    }
    await deleteAll(lab);
    await nothingInApi(lab);
    for (const node of nodes) await nothingOnNode(lab, node, traces);
    lab.seen(`3 pods and 2 Services gone; no rule with ${traces.join(' or ')} on ${nodes.length} nodes`);
  },
};

/** What `kubectl delete -f` does with the lab's files. */
async function deleteAll(lab: Lab): Promise<void> {
  for (const name of manifests) {
    for (const object of await lab.manifest(name)) {
      const resource = Object.values(resources).find(
        (known) => known.kind === object.kind && apiVersionOf(known) === object.apiVersion,
      );
      demand(resource, { expected: `a known kind in ${name}`, observed: String(object.kind) });
      const ref = { namespace: lab.namespace, name: object.metadata?.name ?? '' };
      await lab.client.delete(resource, ref, { propagationPolicy: 'Background', signal: lab.signal });
    }
  }
}

const kinds = ['deployments', 'replicaSets', 'pods', 'services', 'endpoints', 'endpointSlices'] as const;

async function nothingInApi(lab: Lab): Promise<void> {
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const { namespace, signal } = lab;
      const lists = await Promise.all(
        kinds.map((kind) => lab.client.list<KubeObject>(resources[kind], { namespace, signal })),
      );
      const left = lists.flatMap(({ items }, i) =>
        items.map(({ metadata }) => `${kinds[i]}/${metadata?.name}`),
      );
      return left.length === 0 ? { found: true } : { yet: left.join(', ') };
    },
    { expected: `nothing of the lab left in the namespace ${lab.namespace}` },
  );
}

async function rulesHave(lab: Lab, node: string, addresses: readonly string[]): Promise<void> {
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const found = await rulesWith(lab, node, addresses);
      return found.length === addresses.length
        ? { found: true }
        : { yet: `rules with ${found.join(', ') || 'none'}` };
    },
    { expected: `rules on ${node} with ${addresses.join(', ')} while the lab runs`, timeoutMs: 5000 },
  );
}

async function nothingOnNode(lab: Lab, node: string, addresses: readonly string[]): Promise<void> {
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const held = await heldByOthers(lab);
      const left = await rulesWith(
        lab,
        node,
        addresses.filter((address) => !held.has(address)),
      );
      return left.length === 0 ? { found: true } : { yet: `rules with ${left.join(', ')}` };
    },
    { expected: `no rule on ${node} with the cluster IPs ${addresses.join(', ')}`, timeoutMs: 5000 },
  );
}

/** A freed cluster IP may be another Service's already. */
async function heldByOthers(lab: Lab): Promise<Set<string | undefined>> {
  const { items } = await lab.client.list<Service>(resources.services, { signal: lab.signal });
  return new Set(items.map(({ spec }) => spec?.clusterIP));
}

/** Those of the addresses that the node's rules name, whichever way its proxy works; sorted. */
async function rulesWith(lab: Lab, node: string, addresses: readonly string[]): Promise<string[]> {
  const { stdout } = await lab.onNode(node, ['sh', '-c', listRules]);
  const words = new Set(stdout.split(/[^\d.]+/));
  return addresses.filter((address) => words.has(address)).sort();
}

const listRules = '{ nft list ruleset; iptables-save; ipvsadm -Sn; } 2>/dev/null';

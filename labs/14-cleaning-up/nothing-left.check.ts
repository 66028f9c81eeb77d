import type { Check, Lab } from '../lab.ts';
import { applyManifest, nodesOf } from '../steps/objects.ts';
import { endpointsAre, readyPods } from '../steps/pods.ts';
import { addressesInRules } from '../steps/rules.ts';
import { type Look, until } from '../steps/until.ts';
import { deleteAll, leftovers, manifests, notHeld, tracesOf } from './leftovers.ts';

export const nothingLeft: Check = {
  claims: ['L-12'],
  title: 'after the lab is deleted nothing of it is left in the API, and no rule of it on any node',
  look: 'kubectl get all, events of what is still terminating; on each node the rules with the old cluster IPs',
  async run(lab) {
    for (const name of manifests) await applyManifest(lab, name);
    const pods = await readyPods(lab, 'app=webserver', 3);
    for (const name of manifests.slice(1)) await endpointsAre(lab, name, pods);
    const traces = await tracesOf(lab);
    const nodes = (await nodesOf(lab)).map(({ name }) => name);
    for (const node of nodes) await rulesHave(lab, node, traces);
    await deleteAll(lab);
    await nothingInApi(lab);
    for (const node of nodes) await nothingOnNode(lab, node, traces);
    lab.seen(`3 pods and 2 Services gone; no rule with ${traces.join(' or ')} on ${nodes.length} nodes`);
  },
};

async function nothingInApi(lab: Lab): Promise<void> {
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const left = (await leftovers(lab)).map(({ kind, name }) => `${kind}/${name}`);
      return left.length === 0 ? { found: true } : { yet: left.join(', ') };
    },
    { expected: `nothing of the lab left in the namespace ${lab.namespace}` },
  );
}

/** Waits until a node's rules name all of these cluster IPs. */
export async function rulesHave(lab: Lab, node: string, addresses: readonly string[]): Promise<void> {
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const found = await addressesInRules(lab, node, addresses);
      return found.length === addresses.length
        ? { found: true }
        : { yet: `rules with ${found.join(', ') || 'none'}` };
    },
    { expected: `rules on ${node} with ${addresses.join(', ')} while the lab runs`, timeoutMs: 5000 },
  );
}

/** Waits until a node's rules name none of these cluster IPs, except those that another Service has got since. */
export async function nothingOnNode(
  lab: Lab,
  node: string,
  addresses: readonly string[],
  timeoutMs = 5000,
): Promise<void> {
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const left = await addressesInRules(lab, node, await notHeld(lab, addresses));
      return left.length === 0 ? { found: true } : { yet: `rules with ${left.join(', ')}` };
    },
    { expected: `no rule on ${node} with the cluster IPs ${addresses.join(', ')}`, timeoutMs },
  );
}

import type { Lab } from '../../labs/lab.ts';
import { applyManifest, clusterIpOf } from '../../labs/steps/objects.ts';
import { podsWith } from '../../labs/steps/pods.ts';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import { waitFor } from '../../lib/wait.ts';

/** A way to break what a claim says, and what its check then has to tell. */
export interface Sabotage {
  claim: string;
  name: string;
  /** Called when the lab is set up and its check has not begun. What it returns is called when the check is over. */
  break: (lab: Lab, cluster: Cluster) => Promise<Restore | undefined>;
  /** Words of the finding, in expected and in observed. */
  expected: RegExp;
  observed: RegExp;
  /** It breaks more than its own lab, so nothing else may run meanwhile. */
  alone?: boolean;
  /** Its check takes its time to turn red, so it begins first. */
  slow?: boolean;
}

export type Restore = () => Promise<void>;

/** Changes the spec of a Service. */
export async function changed(lab: Lab, name: string, spec: object): Promise<undefined> {
  const ref = { namespace: lab.namespace, name };
  await lab.client.patch(resources.services, ref, { spec }, { type: 'merge' });
}

/** Deletes a Service and makes it again, under another cluster IP. */
export async function remade(lab: Lab, name: string): Promise<undefined> {
  const old = await clusterIpOf(lab, name);
  await lab.client.delete(resources.services, { namespace: lab.namespace, name });
  const holder = { metadata: { namespace: lab.namespace, name: 'holds-the-old-address' } };
  const spec = { clusterIP: old, ports: [{ port: 1 }] };
  await lab.client.create(resources.services, { ...holder, spec } as KubeObject);
  await applyManifest(lab, name === 'my-nginx-svc' ? 'my-nginx' : name, { only: 'Service' });
}

/** The Service's cluster IP, as soon as it has one. */
export async function clusterIpSoon(lab: Lab, service: string): Promise<string> {
  return waitFor(async () => clusterIpOf(lab, service), { what: service, timeoutMs: 20_000, intervalMs: 20 });
}

/** The components that are proxies. */
export function proxiesOf(cluster: Cluster): string[] {
  return cluster.nodes.map(({ name }) => `proxy@${name}`);
}

/** Stops components of the cluster. */
export async function stopped(cluster: Cluster, names: readonly string[]): Promise<Restore> {
  await Promise.all(names.map((name) => cluster.components.stop(name)));
  return async () => void (await Promise.all(names.map((name) => cluster.components.start(name))));
}

let tables = 0;

/** An nftables table on nodes, as a meddler's firewall would make it. */
export async function withTable(
  cluster: Cluster,
  body: string,
  nodes: readonly string[] = cluster.nodes.map(({ name }) => name),
): Promise<Restore> {
  const table = `sabotage-${++tables}`;
  const load = async (text: string) => {
    for (const node of nodes) {
      const { exitCode, stderr } = await cluster.runOnNode(node, ['nft', '-f', '-'], { input: text });
      if (exitCode !== 0) throw new Error(`could not break ${node}: ${stderr}`);
    }
  };
  await load(`table ip ${table} { ${body}\n}\n`);
  return () => load(`delete table ip ${table}\n`);
}

/** Scales the cluster DNS to 0. */
export async function withoutDns(lab: Lab): Promise<Restore> {
  const ref = { namespace: 'kube-system', name: 'coredns' };
  const selector = 'k8s-app=kube-dns';
  const scale = async (replicas: number) => {
    await lab.client.patch(resources.deployments, ref, { spec: { replicas } }, { type: 'merge' });
    await waitFor(
      async () => {
        const pods = await podsWith(lab, selector, ref.namespace);
        const ready = pods.filter((pod) => pod.status?.conditions?.some(isReadyCondition));
        return pods.length === replicas && ready.length === replicas;
      },
      { what: `${replicas} pods of the DNS`, timeoutMs: 20_000, intervalMs: 100 },
    );
  };
  await scale(0);
  return () => scale(1);
}

function isReadyCondition({ type, status }: { type: string; status: string }): boolean {
  return type === 'Ready' && status === 'True';
}

import { createClient } from '../../../lib/kube/client.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { V1Deployment, V1Node, Wire } from '../../../lib/kube/types.ts';
import { kubernetesServiceAddress } from '../../../lib/settings/meaning.ts';
import { waitFor } from '../../../lib/wait.ts';
import { machinesOf, onMachine, type Phase, type Work } from './work.ts';

const patience = { timeoutMs: 600_000, intervalMs: 1000 };

/** CoreDNS runs, and answers at its virtual address. */
export const dns: Phase = {
  name: 'dns',
  does: ({ settings }) => `wait for CoreDNS behind ${settings.network.dns}`,
  async run(work) {
    const { dns: address, domain } = work.settings.network;
    await waitFor(() => hasDns(work), { what: 'CoreDNS to be available', signal: work.signal, ...patience });
    const worker = machinesOf(work).at(-1) ?? '';
    const question = [
      'timeout',
      '10',
      'busybox',
      'nslookup',
      '-type=a',
      `kubernetes.default.svc.${domain}.`,
      address,
    ];
    const wanted = kubernetesServiceAddress(work.settings);
    await waitFor(async () => (await onMachine(work, worker, question)).includes(wanted), {
      what: `the cluster's DNS to answer at ${address}`,
      signal: work.signal,
      ...patience,
    });
  },
};

/** Every node is Ready, and reaches the API server by its virtual address. */
export const ready: Phase = {
  name: 'ready',
  does: () => 'wait until all nodes are Ready and the virtual addresses answer on each',
  async run(work) {
    await waitFor(() => nodesReady(work), {
      what: 'all nodes to be Ready',
      signal: work.signal,
      ...patience,
    });
    const url = `https://${kubernetesServiceAddress(work.settings)}/livez`;
    await Promise.all(
      machinesOf(work).map((machine) =>
        waitFor(
          async () => (await onMachine(work, machine, ['curl', '-ks', '-m', '10', url])).includes('ok'),
          {
            what: `${machine} to reach the API server at its virtual address`,
            signal: work.signal,
            ...patience,
          },
        ),
      ),
    );
  },
};

async function hasDns({ paths }: Work): Promise<boolean> {
  const client = createClient(loadKubeconfig(paths.kubeconfig));
  try {
    const ref = { namespace: 'kube-system', name: 'coredns' };
    const { status } = await client.get<Wire<V1Deployment>>(resources.deployments, ref);
    return (status?.availableReplicas ?? 0) > 0;
  } finally {
    client.close();
  }
}

async function nodesReady({ paths, settings }: Work): Promise<boolean> {
  const client = createClient(loadKubeconfig(paths.kubeconfig));
  try {
    const { items } = await client.list<Wire<V1Node>>(resources.nodes);
    return settings.nodes.every(({ name }) =>
      items
        .find(({ metadata }) => metadata?.name === name)
        ?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
    );
  } finally {
    client.close();
  }
}

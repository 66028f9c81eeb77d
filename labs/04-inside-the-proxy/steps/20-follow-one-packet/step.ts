import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { find } from '../../../steps/ensure.ts';
import type { Service } from '../../../steps/objects.ts';
import { ipOf, type Pod, podsWith, readyAddresses } from '../../../steps/pods.ts';
import { allAnswered, askFromPod } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { webserverService as name, servedWebservers } from '../../../steps/webservers.ts';

const annotation = 'answered-by';

export const followOnePacket: Step = {
  id: '20-follow-one-packet',
  claims: ['S-05'],
  look: 'the connection table of the node on which the pod debug runs: conntrack -L, the reply half of the line',
  links: [
    'document 000, "Virtual IPs and service proxies"; document 003, "iptables proxy mode"',
    'https://kubernetes.io/docs/tutorials/services/source-ip/',
  ],
  setUp: async (lab) => void (await servedWebservers(lab)),
  async check(lab) {
    const service = await find<Service>(lab, resources.services, name);
    const answer = service?.metadata?.annotations?.[annotation]?.trim();
    demand(answer, {
      expected: `an address as the annotation ${annotation} of the Service ${name}`,
      observed: 'no such annotation',
    });
    const client = await find<Pod>(lab, resources.pods, 'debug');
    const expected = 'the address of the pod that got the packet';
    demand(answer !== service?.spec?.clusterIP, {
      expected,
      observed: `${answer}, the cluster IP`,
      mistake: 'cluster-ip',
    });
    demand(answer !== (client && ipOf(client)), {
      expected,
      observed: `${answer}, the pod that asked`,
      mistake: 'the-client',
    });
    const endpoints = await readyAddresses(lab, name);
    demand(endpoints.includes(answer), { expected: `one of ${endpoints.join(', ')}`, observed: answer });
    lab.seen(`${service?.spec?.clusterIP}:8080 became ${answer}:80`);
  },
  async solve(lab) {
    await annotate(lab, await traced(lab));
  },
  reset: (lab) => annotate(lab, null),
  mistakes: [
    { id: 'cluster-ip', make: async (lab) => annotate(lab, (await trace(lab)).cluster) },
    { id: 'the-client', make: async (lab) => annotate(lab, (await trace(lab)).client) },
  ],
  async prediction(lab) {
    const address = await traced(lab);
    if (address === (await trace(lab)).cluster) return 1;
    const pods = await podsWith(lab, 'app=webserver');
    return pods.some((pod) => ipOf(pod) === address) ? 2 : 3;
  },
};

interface Trace {
  client: string;
  cluster: string;
  node: string;
}

async function trace(lab: Lab): Promise<Trace> {
  const [client, service] = await Promise.all([
    find<Pod>(lab, resources.pods, 'debug'),
    find<Service>(lab, resources.services, name),
  ]);
  return {
    client: client?.status?.podIP ?? '',
    cluster: service?.spec?.clusterIP ?? '',
    node: client?.spec?.nodeName ?? '',
  };
}

/** Asks once, and reads from the node's connection table where the packet went. */
async function traced(lab: Lab): Promise<string> {
  const { client, cluster, node } = await trace(lab);
  allAnswered(await soon(lab, () => askFromPod(lab, 'debug', `http://${cluster}:8080`)));
  const { stdout, stderr } = await lab.onNode(node, ['conntrack', '-L', '-s', client, '-d', cluster]);
  const [line = ''] = stdout.split('\n');
  const [, reply] = /src=\S+ dst=\S+ sport=\d+ dport=\d+ src=(\S+)/.exec(line) ?? [];
  demand(reply, { expected: `a connection to ${cluster} in the table of ${node}`, observed: stderr.trim() });
  return reply;
}

async function annotate(lab: Lab, value: string | null): Promise<void> {
  const ref = { namespace: lab.namespace, name };
  const patch = { metadata: { annotations: { [annotation]: value } } };
  await lab.client.patch(resources.services, ref, patch, { type: 'merge', signal: lab.signal });
}

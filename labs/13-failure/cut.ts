import { resources } from '../../lib/kube/resources.ts';
import type { V1Endpoints, Wire } from '../../lib/kube/types.ts';
import type { Lab } from '../lab.ts';
import { nodesOf } from '../steps/objects.ts';

/** The one rule by which a node hears nothing of the API server any more, as the step's text gives it. */
const rule = ['INPUT', '-p', 'tcp', '--sport', '6443', '-j', 'DROP'];

/** Cuts a node off from the API server. */
export async function cutOff(lab: Lab, node: string): Promise<void> {
  await lab.onNode(node, ['iptables', '-I', ...rule]);
}

/** Lets every node hear the API server again. A rule that was put in more than once goes as often. */
export async function reconnect(lab: Lab): Promise<void> {
  const gone = 'while iptables -D "$@" 2>/dev/null; do :; done';
  const nodes = await nodesOf(lab);
  await Promise.all(nodes.map(({ name }) => lab.onNode(name, ['sh', '-c', gone, 'sh', ...rule])));
}

/** The names of the nodes that cannot open a connection to the API server. */
export async function nodesCutOff(lab: Lab): Promise<string[]> {
  const [host = '', port = ''] = await apiServer(lab);
  const connect = ['timeout', '1', 'bash', '-c', 'exec 3<>"/dev/tcp/$1/$2"', 'bash', host, port];
  const nodes = await nodesOf(lab);
  const codes = await Promise.all(nodes.map(async ({ name }) => (await lab.onNode(name, connect)).exitCode));
  return nodes.map(({ name }) => name).filter((_, i) => codes[i] !== 0);
}

/** Address and port of the API server itself, behind the Service `kubernetes`. */
async function apiServer(lab: Lab): Promise<string[]> {
  const ref = { namespace: 'default', name: 'kubernetes' };
  const { subsets } = await lab.client.get<Wire<V1Endpoints>>(resources.endpoints, ref, {
    signal: lab.signal,
  });
  return [subsets?.[0]?.addresses?.[0]?.ip ?? '', `${subsets?.[0]?.ports?.[0]?.port ?? 6443}`];
}

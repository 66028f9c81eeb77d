import { type ProxyPath, proxyQuestion } from '../../lib/cluster/proxy-question.ts';
import type { Lab } from '../lab.ts';

/** What the proxy of a node answers to a request made in a shell there; undefined when it answers with an error, or not at all. */
export async function askProxy(lab: Lab, node: string, path: ProxyPath): Promise<string | undefined> {
  const { argv, answers } = proxyQuestion([path], lab.pace ?? 1);
  return answers((await lab.onNode(node, argv)).stdout)[path];
}

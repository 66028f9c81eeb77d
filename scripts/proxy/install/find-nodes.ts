import { nodeAccess, type SshSettings } from '../../../lib/cluster/ssh.ts';
import { WorkshopError } from '../../../lib/errors.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { KubeObject, V1Node, Wire } from '../../../lib/kube/types.ts';
import { didYouMean } from '../../../lib/suggest.ts';
import type { TargetNode } from './target.ts';

/**
 * The cluster's Linux nodes, or those that are named (`NAME`, or `NAME=ADDRESS` where the API's address cannot be reached from
 * here). Throws WorkshopError `usage` for a name that the cluster does not have.
 */
export async function findNodes(
  client: Client,
  named: readonly string[],
  ssh: SshSettings,
  signal?: AbortSignal,
): Promise<TargetNode[]> {
  const { items } = await client.list<Wire<V1Node> & KubeObject>(resources.nodes, { signal });
  const known = new Map(items.map((node) => [node.metadata?.name ?? '', node]));
  const wanted =
    named.length > 0 ? named.map(parse) : items.filter(isLinux).map(({ metadata }) => [metadata?.name ?? '']);
  return await Promise.all(
    wanted.map(async ([name = '', given]) => {
      const node = known.get(name);
      if (!node) {
        const hint = didYouMean(name, [...known.keys()]);
        throw new WorkshopError('usage', `could not find the node ${name}${hint}`, {
          advice: 'kubectl get nodes',
        });
      }
      const address = given ?? addressOf(node);
      return {
        name,
        address,
        ...(await nodeAccess({ name, address, isGiven: given !== undefined }, ssh, signal)),
      };
    }),
  );
}

function parse(word: string): [string, string?] {
  const [name = '', address] = word.split('=');
  return address === undefined ? [name] : [name, address];
}

function isLinux({ metadata }: KubeObject): boolean {
  return (metadata?.labels?.['kubernetes.io/os'] ?? 'linux') === 'linux';
}

function addressOf({ metadata, status }: Wire<V1Node> & KubeObject): string {
  const internal = status?.addresses?.find(({ type }) => type === 'InternalIP');
  return internal?.address ?? metadata?.name ?? '';
}

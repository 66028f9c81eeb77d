import { askNode } from '../../lib/cluster/ask-node.ts';
import { exitCodes, WorkshopError } from '../../lib/errors.ts';
import { isNotFound } from '../../lib/kube/api-error.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1EndpointSlice, V1Service, Wire } from '../../lib/kube/types.ts';
import type { Context } from '../cli/command.ts';
import type { ProxyContext } from './command.ts';

/**
 * Prints each node's rules as the kernel has them, or only the lines that have to do with one Service. Resolves with the exit code: 3 when
 * a node could not be asked.
 */
export async function proxyRules(
  { out, progress, signal }: Context,
  { cluster, nodes, service }: ProxyContext,
): Promise<number> {
  const addresses = service === undefined ? undefined : await addressesOf(cluster, service);
  let code = 0;
  for (const node of nodes) {
    const answer = await askNode(cluster, node, ['nft', 'list', 'ruleset'], signal);
    if (answer.problem !== undefined) {
      progress.warn(`${answer.problem}. Try: ${answer.advice}`);
      code = exitCodes.environment;
      continue;
    }
    if (nodes.length > 1) out.line(`# ${node}`);
    out.write(addresses === undefined ? answer.stdout : linesWith(answer.stdout, addresses));
  }
  return code;
}

async function addressesOf(cluster: ProxyContext['cluster'], word: string): Promise<Set<string>> {
  const [namespace = '', name = ''] = word.includes('/') ? word.split('/') : ['default', word];
  const client = cluster.client();
  const service = await client
    .get<Wire<V1Service>>(resources.services, { namespace, name })
    .catch((cause: unknown) => {
      if (!isNotFound(cause)) throw cause;
      throw new WorkshopError('usage', `could not find the Service ${namespace}/${name}`, {
        advice: 'kubectl get services --all-namespaces',
        cause,
      });
    });
  const labelSelector = `kubernetes.io/service-name=${name}`;
  const { items } = await client.list<Wire<V1EndpointSlice>>(resources.endpointSlices, {
    namespace,
    labelSelector,
  });
  const ports = service.spec?.ports?.flatMap(({ nodePort }) => (nodePort ? [String(nodePort)] : [])) ?? [];
  return new Set([
    ...(service.spec?.clusterIPs ?? []),
    ...(service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []),
    ...items.flatMap((slice) => slice.endpoints.flatMap((endpoint) => endpoint.addresses)),
    ...ports,
  ]);
}

/**
 * The lines of a listing that hold one of the words, below the name of the map, set or chain they are in. Elements of sets and
 * maps stand several to a line in nft's listing; each gets a line of its own here.
 */
export function linesWith(rules: string, words: ReadonlySet<string>): string {
  const kept: string[] = [];
  let place = '';
  for (const line of rules.replace(/,\s*(?=[\d"a-f])/g, ',\n').split('\n')) {
    const [, name] = /^\s*((?:map|set|chain) \S+) \{/.exec(line) ?? [];
    place = name ?? place;
    if (!line.split(/[^\w.:]+/).some((word) => words.has(word))) continue;
    if (place !== '') kept.push(`${place}:`);
    place = '';
    kept.push(`  ${line.replace(/^\s*(elements = \{)?\s*/, '').replace(/[\s,}]+$/, '')}`);
  }
  return kept.map((line) => `${line}\n`).join('');
}

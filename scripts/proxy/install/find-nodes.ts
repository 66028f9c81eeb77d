import { WorkshopError } from '../../../lib/errors.ts';
import { ExecError, run } from '../../../lib/exec.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { KubeObject, V1Node, Wire } from '../../../lib/kube/types.ts';
import { didYouMean } from '../../../lib/suggest.ts';
import type { TargetNode } from './target.ts';

/** How nodes are reached; everything that is not given is ssh's own affair (ssh_config(5)). */
export interface SshSettings {
  /** `-F`: keys, users, ports, jump hosts. */
  readonly configFile?: string | undefined;
  readonly user?: string | undefined;
  readonly key?: string | undefined;
  readonly port?: string | undefined;
}

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
      return { name, address, ...(await access(name, address, given !== undefined, ssh, signal)) };
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

/** The node's name is the name that ssh's configuration may know it by; unless that gives it an address, the API's is used. */
async function access(
  name: string,
  address: string,
  isGiven: boolean,
  { configFile, user, key, port }: SshSettings,
  signal?: AbortSignal,
): Promise<Pick<TargetNode, 'ssh' | 'become'>> {
  const words = [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(key === undefined ? [] : ['-i', key, '-o', 'IdentitiesOnly=yes']),
    ...(port === undefined ? [] : ['-p', port]),
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
  ];
  const resolved = await askSsh([...words, '-G', name], signal);
  const own = isGiven || resolved.get('hostname') === name ? ['-o', `HostName=${address}`] : [];
  return {
    ssh: ['ssh', ...words, ...own, name],
    become: resolved.get('user') === 'root' ? [] : ['sudo', '-n'],
  };
}

async function askSsh(words: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
  try {
    const { stdout } = await run('ssh', words, { signal, timeoutMs: 10_000 });
    const lines = stdout.split('\n').map((line) => line.split(' '));
    return new Map(lines.map(([option = '', value = '']) => [option, value]));
  } catch (cause) {
    if (!(cause instanceof ExecError) || cause.kind === 'aborted') throw cause;
    const advice =
      cause.kind === 'missing' ? 'apt-get install openssh-client' : 'ssh with the same options by hand';
    throw new WorkshopError('environment', cause.message, { advice, cause });
  }
}

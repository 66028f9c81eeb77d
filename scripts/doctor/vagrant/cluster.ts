import { machineCommand } from '../../../lib/cluster/vagrant/machine-command.ts';
import type { VagrantRecord } from '../../../lib/cluster/vagrant/record.ts';
import { messageOf } from '../../../lib/errors.ts';
import { run } from '../../../lib/exec.ts';
import { contains, parseCidr } from '../../../lib/ip.ts';
import { createClient } from '../../../lib/kube/client.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { KubeObject, V1Node, Wire } from '../../../lib/kube/types.ts';
import type { ClusterPaths } from '../../../lib/paths.ts';
import { kubernetesServiceAddress } from '../../../lib/settings/meaning.ts';
import type { Settings } from '../../../lib/settings/settings.ts';
import { bad, type Finding, good, remark } from '../check.ts';

/** What may be wrong with machines that run. */
export async function clusterFindings(
  paths: ClusterPaths,
  record: VagrantRecord,
  signal: AbortSignal,
): Promise<Finding[]> {
  if (!record.phases.some(({ name }) => name === 'ready')) {
    return [remark('cluster', `${record.name} is not ready yet`, 'workshop up --backend vagrant')];
  }
  const nodes = record.settings.nodes.map(({ name }) => name);
  const parts = await Promise.all([
    apiFindings(paths, record.settings, signal),
    ...nodes.map(async (node) =>
      machineFinding(node, record.settings, await look(paths, nodes, node, record.settings, signal)),
    ),
  ]);
  return parts.flat();
}

async function apiFindings(paths: ClusterPaths, settings: Settings, signal: AbortSignal): Promise<Finding[]> {
  const client = createClient(loadKubeconfig(paths.kubeconfig));
  try {
    const limit = { signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]) };
    const [{ items: nodes }, { items: pods }] = await Promise.all([
      client.list<Wire<V1Node> & KubeObject>(resources.nodes, limit),
      client.list<KubeObject>(resources.pods, {
        namespace: 'kube-system',
        labelSelector: 'k8s-app=kube-proxy',
        ...limit,
      }),
    ]);
    return [nodeAddresses(nodes, settings), kubeProxy(pods.length)];
  } catch (error) {
    return [
      bad('api', `the API server does not answer: ${messageOf(error)}`, 'workshop resume --backend vagrant'),
    ];
  } finally {
    client.close();
  }
}

/** A kubelet that took the first network card has an address that no other node reaches. */
export function nodeAddresses(nodes: readonly Wire<V1Node>[], { network }: Settings): Finding {
  const lan = parseCidr(network.nodes);
  const astray = nodes.flatMap(({ metadata, status }) => {
    const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? 'none';
    return address !== 'none' && contains(lan, address) ? [] : [`${metadata?.name} ${address}`];
  });
  return astray.length === 0
    ? good('node-addresses', `all nodes are in ${network.nodes}`)
    : bad(
        'node-addresses',
        `outside ${network.nodes}: ${astray.join(', ')}`,
        'workshop up --backend vagrant --from provision',
      );
}

function kubeProxy(pods: number): Finding {
  const remove = 'kubectl -n kube-system delete daemonset/kube-proxy configmap/kube-proxy';
  return pods === 0
    ? good('kube-proxy', 'no kube-proxy runs beside ours')
    : bad(
        'kube-proxy',
        `${pods} pods of kube-proxy run beside our proxy, and change the same traffic`,
        remove,
      );
}

/** What a machine's shell tells: `name=value` a line. */
export type Seen = Readonly<Record<string, string>>;

/** One machine's part; `seen` undefined: it does not answer. */
export function machineFinding(node: string, settings: Settings, seen: Seen | undefined): Finding[] {
  if (!seen) return [bad(`machine-${node}`, `${node} does not answer`, 'workshop resume --backend vagrant')];
  const skew = Math.abs(Number(seen['clock'] ?? 0));
  const vip = kubernetesServiceAddress(settings);
  const rules: readonly (readonly [fault: boolean, finding: Finding])[] = [
    [
      skew > 30,
      bad(
        `clock-${node}`,
        `the clock of ${node} is ${skew} s off: certificates are not valid yet, or no longer`,
        `workshop ssh ${node} -- date -s @$(date +%s)`,
      ),
    ],
    [
      seen['leftover'] !== '0',
      bad(
        `leftover-${node}`,
        `${node} has ${seen['leftover']} rules of a kube-proxy`,
        `workshop ssh ${node} -- sh -c 'iptables-save | grep -v KUBE- | iptables-restore'`,
      ),
    ],
    [
      seen['vip'] !== 'ok',
      bad(
        `vip-${node}`,
        `${node} does not reach the API server at its virtual address ${vip}`,
        `workshop logs proxy@${node}`,
      ),
    ],
    [
      seen['dns'] !== 'ok',
      bad(
        `dns-${node}`,
        `the cluster's DNS does not answer ${node} at ${settings.network.dns}`,
        'kubectl -n kube-system get pods -l k8s-app=kube-dns',
      ),
    ],
    [
      Number(seen['free'] ?? 0) < 500,
      bad(
        `disk-${node}`,
        `${node} has only ${seen['free']} MB left on its disk`,
        `workshop ssh ${node} -- du -xhd2 /var`,
      ),
    ],
  ];
  const faults = rules.filter(([fault]) => fault).map(([, finding]) => finding);
  return faults.length > 0
    ? faults
    : [good(`machine-${node}`, `${node}: virtual address, DNS, clock and disk are as they should be`)];
}

async function look(
  paths: ClusterPaths,
  nodes: readonly string[],
  node: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<Seen | undefined> {
  const { dns, domain } = settings.network;
  const words = [kubernetesServiceAddress(settings), dns, `kubernetes.default.svc.${domain}.`];
  const [program, ...args] = machineCommand(paths, nodes, node, ['sh', '-c', questions, 'sh', ...words]);
  try {
    const { stdout } = await run(program, args, { signal, timeoutMs: 60_000 });
    const seen = Object.fromEntries(stdout.split('\n').map((line) => line.split('=', 2)));
    return { ...seen, clock: String(Math.round(Number(seen['now']) - Date.now() / 1000)) };
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** KUBE-FIREWALL, KUBE-KUBELET-CANARY and their like are the kubelet's own; in mode iptables the others are our proxy's. */
const questions = `
mode=$(curl -s -m 5 http://127.0.0.1:10249/proxyMode)
[ "$mode" = iptables ] && echo leftover=0 || echo "leftover=$(iptables-save 2>/dev/null | grep -c -e KUBE-SVC -e KUBE-SEP -e KUBE-NODEPORTS)"
case $(curl -ks -m 10 "https://$1/livez") in ok) echo vip=ok ;; *) echo vip=no ;; esac
if timeout 10 busybox nslookup -type=a "$3" "$2" >/dev/null 2>&1; then echo dns=ok; else echo dns=no; fi
echo "free=$(df -Pm / | awk 'NR == 2 { print $4 }')"
echo "now=$(date +%s)"`;

import { addressAt, parseCidr } from '../../ip.ts';
import type { Settings } from '../../settings/settings.ts';

/** What the scripts in scripts/provision are told about the cluster and their machine: the same as environment.rb there makes. */
export function machineEnvironment(
  { nodes, network }: Settings,
  node: string,
): Readonly<Record<string, string>> {
  const all = nodes.map(({ name, address }, index) => ({ name, address, pods: podsOf(network.pods, index) }));
  const [master] = all;
  const own = all.find(({ name }) => name === node);
  return {
    NODE_NAME: node,
    NODE_IP: own?.address ?? '',
    NODE_PODS: own?.pods ?? '',
    NODES: all.map(({ name, address, pods }) => `${name},${address},${pods}`).join(' '),
    MASTER_IP: master?.address ?? '',
    LAN: network.nodes,
    POD_CIDR: network.pods,
    SERVICE_CIDR: network.services,
    NODE_PORTS: network.nodePorts,
    DOMAIN: network.domain,
  };
}

/** Each node has a /24 of the pods' network. */
function podsOf(pods: string, index: number): string {
  return `${addressAt(parseCidr(pods), index * 256)}/24`;
}

import type { Unit } from '../model/unit.ts';
import type { Door } from './explain.ts';

/**
 * The unit and the address that somebody means by a port's name or number: a nodePort's number means the node port; else the given
 * address, or without one the cluster IP. Undefined when nothing fits. Pure.
 */
export function findDoor(
  units: readonly Unit[],
  { port, address }: { port: string | undefined; address: string | undefined },
  nodeIp: string | undefined,
): { unit: Unit; door: Door } | undefined {
  const byNodePort = units.find(({ nodePort }) => nodePort !== 0 && String(nodePort) === port);
  if (byNodePort && nodeIp !== undefined && (address === undefined || address === nodeIp)) {
    return { unit: byNodePort, door: { kind: 'node-port', address: nodeIp } };
  }
  for (const unit of units) {
    if (port !== undefined && port !== unit.portName && port !== String(unit.port)) continue;
    const kind = address === undefined ? 'cluster-ip' : kindOf(unit, address);
    if (kind) return { unit, door: { kind, address: address ?? unit.clusterIP } };
  }
  return undefined;
}

function kindOf(unit: Unit, address: string): Door['kind'] | undefined {
  if (unit.clusterIP === address) return 'cluster-ip';
  if (unit.vips.includes(address)) return 'load-balancer';
  return unit.externalIPs.includes(address) ? 'external-ip' : undefined;
}

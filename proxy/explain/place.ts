import { chainNames } from '../backends/iptables/names.ts';
import type { Unit } from '../model/unit.ts';
import type { Mode } from '../plan.ts';
import type { Door } from './explain.ts';

/** Where in the kernel a mode keeps what decides on this door, in words that `workshop proxy rules` shows too. Pure. */
export function placeOf(
  unit: Unit,
  door: Door,
  decision: { mode: Mode; verdict: 'endpoints' | 'reject' | 'drop'; local: boolean; outside: boolean },
): string {
  const protocol = unit.protocol.toLowerCase();
  const port = door.kind === 'node-port' ? unit.nodePort : unit.port;
  if (decision.mode === 'ipvs') {
    return decision.verdict === 'endpoints'
      ? `virtual server ${protocol} ${door.address}:${port}`
      : `iptables chains WORKSHOP-* and ipset, ${protocol} ${door.address}:${port}`;
  }
  if (decision.mode === 'iptables') return iptablesPlace(unit, door, decision);
  const name = decision.mode === 'userspace' ? 'workshop-proxy-userspace' : 'workshop-proxy';
  const key = door.kind === 'node-port' ? `${protocol} . ${port}` : `${door.address} . ${protocol} . ${port}`;
  return `table ${unit.family === 'IPv4' ? 'ip' : 'ip6'} ${name}, ${setOf(door, decision)}, element ${key}`;
}

function setOf(door: Door, { mode, verdict, local, outside }: Parameters<typeof placeOf>[2]): string {
  const suffix = door.kind === 'node-port' ? 'node-ports' : 'services';
  if (verdict === 'reject') return `set ${door.kind === 'node-port' ? 'rejected-node-ports' : 'rejected'}`;
  if (verdict === 'drop' && door.kind === 'cluster-ip') return 'set dropped';
  if (verdict === 'drop' && mode === 'userspace') {
    return `set outside-dropped${door.kind === 'node-port' ? '-node-ports' : ''}`;
  }
  return `map ${outside && (local || verdict === 'drop') && door.kind !== 'cluster-ip' ? 'local-' : ''}${suffix}`;
}

function iptablesPlace(unit: Unit, door: Door, { local, verdict }: Parameters<typeof placeOf>[2]): string {
  const names = chainNames(unit);
  if (verdict === 'reject') {
    return `table filter, chain ${door.kind === 'cluster-ip' ? 'KUBE-SERVICES' : 'KUBE-EXTERNAL-SERVICES'}`;
  }
  const first = door.kind === 'node-port' ? 'KUBE-NODEPORTS' : 'KUBE-SERVICES';
  const last = local ? names.svl : names.svc;
  if (door.kind === 'cluster-ip') return `table nat, chains ${first}, ${last}`;
  return verdict === 'drop'
    ? `table filter, chain KUBE-EXTERNAL-SERVICES`
    : `table nat, chains ${first}, ${names.ext}, ${last}`;
}

import type { Unit } from '../model/unit.ts';
import type { Flow } from './flows.ts';

/**
 * The flows that go on to an endpoint which does not serve their Service any more, one for each pair of address and endpoint.
 * UDP has no end of a connection, so the kernel would keep sending there as long as the client goes on from the same port
 * (kubernetes#19029). Compared by address *and* port. Flows to endpoints that still serve are left alone whatever the
 * traffic policy says now, as TCP connections are.
 */
export function staleFlows(
  flows: readonly Flow[],
  units: Iterable<Unit>,
  nodePortIps: readonly string[],
  goneAddresses: ReadonlySet<string> = new Set(),
): Flow[] {
  const serving = servingByAddress(units, nodePortIps);
  const stale = new Map<string, Flow>();
  for (const flow of flows) {
    const address = `${flow.destination}:${flow.destinationPort}`;
    const servers = serving.get(address);
    const isOurs = servers !== undefined || goneAddresses.has(address);
    if (!isOurs || servers?.has(`${flow.server}:${flow.serverPort}`)) continue;
    stale.set(`${address} ${flow.server}:${flow.serverPort}`, flow);
  }
  return [...stale.values()];
}

function servingByAddress(
  units: Iterable<Unit>,
  nodePortIps: readonly string[],
): Map<string, ReadonlySet<string>> {
  const serving = new Map<string, ReadonlySet<string>>();
  for (const unit of units) {
    if (unit.protocol !== 'UDP') continue;
    for (const address of addressesOf(unit, nodePortIps)) serving.set(address, unit.serving);
  }
  return serving;
}

/** Every `address:port` at which a unit is reached. */
export function addressesOf(unit: Unit, nodePortIps: readonly string[]): string[] {
  const own = [unit.clusterIP, ...unit.vips, ...unit.externalIPs].map((address) => `${address}:${unit.port}`);
  const ports = unit.nodePort === 0 ? [] : nodePortIps.map((address) => `${address}:${unit.nodePort}`);
  return [...own, ...ports];
}

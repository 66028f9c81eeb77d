import { familyOf } from '../../lib/ip.ts';
import type { Log } from '../../lib/log.ts';
import type { Backend } from '../backends/backend.ts';
import type { Driver, DriverResult } from '../driver.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Store } from '../model/store.ts';
import type { Unit } from '../model/unit.ts';
import { cleanUdpFlows } from './clean.ts';

export interface CleanerParts {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Ends stale UDP flows after a sync that concerned UDP. A failure is not one of the sync: the rules are right all the same, only
 * flows that began before may still go to a gone endpoint, and the next clean-up finds them.
 */
export function createFlowCleaner({ store, metrics, log, signal }: CleanerParts) {
  const left = new Map<Driver, Set<string>>();
  return async (driver: Driver, { changed, gone }: DriverResult['udp'], full: boolean): Promise<void> => {
    const addresses = new Set([...(left.get(driver) ?? []), ...gone]);
    if (!changed && !full && addresses.size === 0) return;
    const units = [...driver.units()]
      .filter(({ protocol }) => protocol === 'UDP')
      .map((unit) => withServers(unit, driver.backend));
    if (units.length === 0 && addresses.size === 0) return;
    const started = performance.now();
    const nodeIps = store.node.addresses.filter((address) => familyOf(address) === driver.family);
    try {
      const ended = await cleanUdpFlows(driver.family, units, nodeIps, addresses, signal);
      metrics.conntrackDeleted(ended, (performance.now() - started) / 1000);
      left.delete(driver);
    } catch (error) {
      left.set(driver, addresses);
      if (!signal.aborted) log.warn('could not clean up UDP flows', { family: driver.family, error });
    }
  };
}

function withServers(unit: Unit, backend: Backend): Unit {
  if (!backend.servers) return unit;
  return { ...unit, serving: new Set([...unit.serving, ...backend.servers(unit)]) };
}

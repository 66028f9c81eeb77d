import { readdirSync } from 'node:fs';
import { clusterPaths } from '../../lib/paths.ts';
import { type Ledger, type LedgerEntry, readLedger } from '../verify/ledger.ts';

/** The last results of all clusters of this machine, by backend; of several the latest counts. */
export function readLedgers(state: string, only?: string): Record<string, Ledger> {
  const found: Record<string, Record<string, LedgerEntry>> = {};
  for (const name of only === undefined ? clusterNames(state) : [only]) {
    for (const entry of Object.values(readLedger(clusterPaths(name, state)))) {
      const backend = entry.backend ?? 'sandbox';
      const ledger = found[backend] ?? {};
      found[backend] = ledger;
      const before = ledger[entry.claim];
      if (before === undefined || before.when < entry.when) ledger[entry.claim] = entry;
    }
  }
  return found;
}

function clusterNames(state: string): string[] {
  try {
    const entries = readdirSync(state, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  } catch {
    return [];
  }
}

import { ExecError } from '../../../lib/exec.ts';
import { applyTransaction } from './apply.ts';
import type { Element } from './elements.ts';
import { elementsIn, listTable } from './read.ts';
import { elementStatements } from './statements.ts';
import type { At } from './text.ts';

/**
 * Deletes the affinity records whose endpoint or unit is gone. They do no harm (their look-up fails and the rules delete them when
 * their client comes back), but clients that never do would leave them until their timeout. Resolves with their number.
 */
export async function pruneAffinity(
  at: At,
  endpoints: readonly Element[],
  signal?: AbortSignal,
): Promise<number> {
  const objects = (await listTable(at.ip, at.table, signal)) ?? [];
  const valid = new Set(endpoints.map(({ key }) => key));
  const stale = objects.flatMap((object) => {
    const set = String(object['map']?.['name'] ?? '');
    if (!set.startsWith('affinity')) return [];
    return elementsIn(object).flatMap(({ key, value }) => (valid.has(value ?? '') ? [] : [{ set, key }]));
  });
  try {
    await applyTransaction(elementStatements('delete', at, stale), signal);
    return stale.length;
  } catch (error) {
    // One of them has ended by itself meanwhile, so the kernel refused them all; the next turn tries again.
    if (error instanceof ExecError && error.stderr.includes('No such file')) return 0;
    throw error;
  }
}

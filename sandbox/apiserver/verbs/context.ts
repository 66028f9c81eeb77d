import type { Api } from '../api.ts';
import type { KindContext } from '../kinds/kind.ts';
import type { Transaction } from '../store/transaction.ts';

/** What the rules of a kind see of the server during one change. */
export function contextFor(api: Api, transaction: Transaction, dryRun: boolean): KindContext {
  return {
    now: api.now(),
    dryRun,
    config: api.config,
    find: (plural, namespace) => transaction.find(plural, namespace),
  };
}

/** A time as metav1.Time writes it: RFC 3339, whole seconds. */
export function wireTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

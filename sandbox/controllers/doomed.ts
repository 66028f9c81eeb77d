import { isDeleting, uidOf } from './objects.ts';
import type { Store } from './store.ts';

/** Uids of objects whose deletion was asked for, until the store shows it. */
export interface Doomed extends ReadonlySet<string> {
  add(uid: string): unknown;
  delete(uid: string): boolean;
}

/** Follows a store and forgets a uid once the object is gone or visibly on its way. */
export function trackDeletions(store: Pick<Store<object>, 'subscribe'>): Doomed {
  const doomed = new Set<string>();
  store.subscribe((_key, now, before) => {
    if (before && (!now || uidOf(now) !== uidOf(before))) doomed.delete(uidOf(before));
    if (now && isDeleting(now)) doomed.delete(uidOf(now));
  });
  return doomed;
}

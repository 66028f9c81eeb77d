import { timestamp } from '../../../lib/kube/timestamp.ts';
import type { Deployment } from '../objects.ts';

export type Condition = NonNullable<NonNullable<Deployment['status']>['conditions']>[number];

/** The condition of that type, if there is one. */
export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/**
 * The list with `next` in it. The same status and reason again leave it as it was, unless `touch` says that something
 * moved; the transition time changes with the status alone.
 */
export function withCondition(
  conditions: readonly Condition[],
  next: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
  now: number,
  touch = false,
): Condition[] {
  const old = findCondition(conditions, next.type);
  if (old && !touch && old.status === next.status && old.reason === next.reason) return [...conditions];
  const time = timestamp(now);
  const lastTransitionTime = old?.status === next.status ? (old.lastTransitionTime ?? time) : time;
  const others = conditions.filter((condition) => condition.type !== next.type);
  return [...others, { ...next, lastUpdateTime: time, lastTransitionTime }];
}

/** The conditions of all other types. */
export function withoutCondition(conditions: readonly Condition[], type: string): Condition[] {
  return conditions.filter((condition) => condition.type !== type);
}

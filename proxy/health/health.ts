/** Whether the proxy does its work: it is unwell when a change has waited too long to reach the kernel. */
export interface Health {
  queued(): void;
  /** Everything queued before `startedAt` (a `now()` of before) is in the kernel. Failed syncs queue what they were to write. */
  synced(startedAt: number): void;
  now(): number;
  well(): boolean;
  /** When the kernel was last known to be right: now, unless a change is waiting. */
  lastUpdated(): Date;
}

/**
 * `patienceMs`: how long a change may wait; kube-proxy takes twice its sync period. `now` is a clock that nobody sets, in milliseconds:
 * a jump of the time of day must not make a well proxy unwell, nor the other way about.
 */
export function createHealth(patienceMs: () => number, now: () => number = () => performance.now()): Health {
  let waitingSince: number | undefined;
  let updatedAt = now();
  const well = () => waitingSince === undefined || now() - waitingSince < patienceMs();
  return {
    queued: () => {
      waitingSince ??= now();
    },
    synced: (startedAt) => {
      updatedAt = now();
      if (waitingSince !== undefined && waitingSince <= startedAt) waitingSince = undefined;
    },
    now,
    well,
    lastUpdated: () => new Date(Date.now() - (waitingSince === undefined ? 0 : now() - updatedAt)),
  };
}

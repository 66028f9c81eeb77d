import { readFileSync } from 'node:fs';

/** How many sockets may still be opened. */
export interface Budget {
  /** False when there are not that many left; then nothing was taken. */
  take(count: number): boolean;
  give(count: number): void;
}

/** A number of sockets that can be taken and given back, but never more than `most` at once. */
export function createBudget(most: number): Budget {
  let used = 0;
  return {
    take(count) {
      if (used + count > most) return false;
      used += count;
      return true;
    },
    give(count) {
      used -= count;
    },
  };
}

/** What the process's limit on open files leaves for connections, besides the watch, pipes to programs, and listening sockets. */
export function socketsAllowed(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const [, soft = ''] = /^Max open files\s+(\d+|unlimited)/m.exec(limits) ?? [];
  const files = soft === 'unlimited' ? mostSockets : Number(soft);
  return Math.max(16, Math.min(mostSockets, Math.floor((files - reserve) / 2)));
}

/** Half of the rest is for each address family. */
const reserve = 512;
const mostSockets = 200_000;

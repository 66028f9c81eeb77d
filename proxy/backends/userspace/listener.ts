import { codeOf, WorkshopError } from '../../../lib/errors.ts';
import type { PortRange } from './options.ts';

/** A socket that clients are redirected to. Neither it nor its clients keep the process alive: that is the proxy's own affair. */
export interface Listener {
  readonly port: number;
  /** Clients of UDP endpoints that are not among these (`address:port`) have to find another. */
  serving(endpoints: ReadonlySet<string>): void;
  /** Takes no new clients. TCP connections that run go on, UDP clients are forgotten. */
  close(): void;
  /** Ends everything now. */
  destroy(): void;
}

export interface ListenAt {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/**
 * Opens a listener on a port of the range, or any without one. As kube-proxy does, the search in the range begins anywhere and
 * goes on upwards. Throws WorkshopError `environment` when all of them are taken.
 */
export async function listenInRange(
  host: string,
  range: PortRange | undefined,
  open: (at: ListenAt) => Promise<Listener>,
  random: () => number = Math.random,
): Promise<Listener> {
  if (!range) return await open({ host, port: 0 });
  for (const port of candidates(range, random)) {
    try {
      return await open({ host, port });
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') throw error;
    }
  }
  throw new WorkshopError(
    'environment',
    `could not open a proxy port: ${range.from}-${range.to} are all taken`,
    {
      advice: 'a wider --proxy-port-range',
    },
  );
}

/** All ports of the range, in order but from a port taken by chance, so that two proxies seldom try the same one first. */
export function candidates({ from, to }: PortRange, random: () => number): number[] {
  const count = to - from + 1;
  const start = Math.floor(random() * count);
  return Array.from({ length: count }, (_, i) => from + ((start + i) % count));
}

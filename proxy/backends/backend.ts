import type { NodeRecord } from '../model/records.ts';
import type { Unit } from '../model/unit.ts';

/** What a backend is to bring about. Both forms name whole Services, so that it need not know how they were before. */
export type Change =
  | {
      readonly kind: 'full';
      readonly node: NodeRecord;
      /** To be gone through once: they are made on the way. */
      readonly units: Iterable<Unit>;
    }
  | { readonly kind: 'partial'; readonly gone: readonly string[]; readonly units: readonly Unit[] };

export interface SyncResult {
  /** Elements or rules written, for the log and the metrics. */
  readonly written: number;
  /** Of these, elements removed from nftables' tables; absent when nobody counted. */
  readonly removed?: number;
}

/** One way to bring units into the kernel, for one address family. */
export interface Backend {
  /** Resolves when the kernel has it; throws when nothing or only a part of it was done: the next change must be full. */
  sync(change: Change, signal?: AbortSignal): Promise<SyncResult>;
  /** Work after a sync that nobody need wait for: looks at how the kernel shows what was written, to compare with later. */
  settle(signal?: AbortSignal): Promise<void>;
  /** Compares the kernel with what was written last. Resolves with what differs in words, undefined when all is well. */
  verify(signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Where flows to the unit go on this node itself (`address:port`), as to the userspace mode's sockets: those are as good as flows
   * to an endpoint that serves. Absent in modes that lead all flows to endpoints.
   */
  servers?(unit: Unit): readonly string[];
  /**
   * Gives up what this process itself holds (the userspace mode's sockets), once no rule leads to it any more. Running
   * connections go on, unless `now` says otherwise. Absent in modes where the kernel does all the work.
   */
  close?(how?: { now: boolean }): Promise<void>;
}

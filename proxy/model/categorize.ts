import type { NodeRecord } from './records.ts';

/** An endpoint candidate of one unit, with all that the choice depends on. */
export interface Candidate {
  readonly address: string;
  readonly port: number;
  readonly local: boolean;
  readonly maybeLocal: boolean;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

export interface Categories {
  /** For traffic under policy Cluster. Empty only when `hasAny` is false. */
  readonly cluster: readonly Candidate[];
  /** For traffic under policy Local. */
  readonly local: readonly Candidate[];
  /** Somebody, somewhere in the cluster, could answer. */
  readonly hasAny: boolean;
}

/**
 * Which endpoints this node may use: the ready ones, and only when there is none of these, those that are terminating but
 * still serve. Decided separately for the whole cluster and for this node (KEP-1669, KEP-2086). Topology hints narrow the
 * ready ones of policy Cluster (KEP-2433, KEP-3015), never the fallback and never policy Local.
 */
export function categorize(candidates: readonly Candidate[], node: NodeRecord): Categories {
  // Almost always all are ready and none is leaving; lists of their own would be made for nothing.
  const ready = candidates.every(isReady) ? candidates : candidates.filter(isReady);
  const leaving = candidates.some(isLeaving) ? candidates.filter(isLeaving) : nobody;
  const local = ready.filter((candidate) => candidate.local);
  return {
    cluster: ready.length > 0 ? nearby(ready, node) : leaving,
    local: local.length > 0 ? local : leaving.filter((candidate) => candidate.local),
    hasAny: ready.length > 0 || leaving.length > 0,
  };
}

const nobody: readonly Candidate[] = [];

function isReady({ ready }: Candidate): boolean {
  return ready;
}

function isLeaving({ serving, terminating }: Candidate): boolean {
  return serving && terminating;
}

/**
 * The ready endpoints hinted for this node or, failing that, for its zone; all of them unless every one carries a hint of
 * that kind and at least one is meant for us. So a half-written set of hints never sends everybody to few endpoints.
 */
function nearby(ready: readonly Candidate[], node: NodeRecord): readonly Candidate[] {
  return hinted(ready, node.name, 'nodeHints') ?? hinted(ready, node.zone, 'zoneHints') ?? ready;
}

function hinted(
  ready: readonly Candidate[],
  place: string,
  kind: 'nodeHints' | 'zoneHints',
): readonly Candidate[] | undefined {
  if (place === '' || ready.some((candidate) => candidate[kind].length === 0)) return undefined;
  const ours = ready.filter((candidate) => candidate[kind].includes(place));
  return ours.length > 0 ? ours : undefined;
}

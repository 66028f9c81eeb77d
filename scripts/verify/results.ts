import type { Finding } from '../../labs/check-failure.ts';

/**
 * - `passed`, `failed`: the claim holds, or it does not
 * - `broken`: the check could not be made: the cluster is away, or the check itself has a fault
 */
export type Outcome = 'passed' | 'failed' | 'broken';

/** What came of one check. */
export interface CheckResult {
  lab: string;
  claims: readonly string[];
  title: string;
  outcome: Outcome;
  /** What was seen, in the check's own words; empty when it came to nothing. */
  seen: string;
  ms: number;
  /** With `failed`. */
  finding?: Finding;
  /** With `broken`: the message, and who has to act. */
  fault?: { message: string; kind: 'environment' | 'bug' };
}

/** A run of checks. */
export interface Verification {
  cluster: string;
  /** RFC 3339. */
  startedAt: string;
  ms: number;
  /** In teaching order. */
  results: readonly CheckResult[];
}

/** 0 all passed; 1 some failed; 3 the cluster is away; 5 a check has a fault, or there was none to run. */
export function exitCodeOf(results: readonly CheckResult[]): number {
  if (results.length === 0 || results.some(({ fault }) => fault?.kind === 'bug')) return 5;
  if (results.some(({ outcome }) => outcome === 'broken')) return 3;
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

/** `16 of 20 checks passed, 3 failed, 1 could not be made, in 23.4 s` */
export function summaryOf({ results, ms }: Pick<Verification, 'results' | 'ms'>): string {
  const count = (wanted: Outcome) => results.filter(({ outcome }) => outcome === wanted).length;
  const parts = [`${count('passed')} of ${results.length} checks passed`];
  if (count('failed') > 0) parts.push(`${count('failed')} failed`);
  if (count('broken') > 0) parts.push(`${count('broken')} could not be made`);
  return `${parts.join(', ')}, in ${(ms / 1000).toFixed(1)} s`;
}

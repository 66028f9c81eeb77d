import { exitCodeOf, type Verification } from '../results.ts';

/** The results as `--json` prints them. */
export function jsonReport(verification: Verification): object {
  const { results, ms, ...rest } = verification;
  const count = (wanted: string) => results.filter(({ outcome }) => outcome === wanted).length;
  return {
    ...rest,
    seconds: round(ms),
    code: exitCodeOf(results),
    passed: count('passed'),
    failed: count('failed'),
    broken: count('broken'),
    checks: results.map(({ ms: took, ...result }) => ({ ...result, seconds: round(took) })),
  };
}

function round(ms: number): number {
  return Math.round(ms) / 1000;
}

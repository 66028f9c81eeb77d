import { inspect } from 'node:util';
import { AssertionError } from 'chai';

/** Why a check is red: three sentences for a person. `look` undefined: the check's own. */
export interface Finding {
  expected: string;
  observed: string;
  look?: string | undefined;
  /** Id of the step's foreseen mistake that this looks like (labs/step.ts). */
  mistake?: string | undefined;
}

/** What a check throws when the cluster is not as the claim says. */
export class CheckFailure extends Error {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(`expected ${finding.expected}; observed ${finding.observed}`);
    this.name = 'CheckFailure';
    this.finding = finding;
  }
}

/** The finding in something thrown by a check: a CheckFailure or an assertion of chai. Undefined for any other fault. */
export function findingOf(thrown: unknown): Finding | undefined {
  if (thrown instanceof CheckFailure) return thrown.finding;
  if (!(thrown instanceof AssertionError)) return undefined;
  const [, what = '', sentence = thrown.message] =
    /^([\s\S]*?): (expected [\s\S]*)$/.exec(thrown.message) ?? [];
  const subject = what === '' ? '' : `${what}: `;
  const { actual, expected } = thrown as { actual?: unknown; expected?: unknown };
  if (actual === undefined && expected === undefined)
    return { expected: thrown.message, observed: 'otherwise' };
  return {
    expected: subject + (expected === undefined ? sentence : short(expected)),
    observed: subject + short(actual),
  };
}

/** Throws a CheckFailure unless `condition` holds. */
export function demand(condition: unknown, finding: Finding): asserts condition {
  if (!condition) throw new CheckFailure(finding);
}

const maxShown = 300;

function short(value: unknown): string {
  const text =
    typeof value === 'string' ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 4 });
  return text.length > maxShown ? `${text.slice(0, maxShown)} …` : text;
}

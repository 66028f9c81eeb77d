import { claims } from '../../labs/claims.ts';
import { labs } from '../../labs/index.ts';
import type { LintFinding, WholeStep } from './lint.ts';

/** Claims that no step teaches, claims that nobody checks, and claims that there are not. */
export function claimFindings(steps: readonly Pick<WholeStep, 'ref' | 'step'>[]): LintFinding[] {
  const known = claims.map(({ id }) => id);
  const taught = new Set(steps.flatMap(({ step }) => step.claims));
  const checked = new Set(labs.flatMap(({ checks }) => checks.flatMap((check) => check.claims)));
  const where = 'labs/claims.ts';
  return [
    ...known
      .filter((id) => !taught.has(id))
      .map((id): LintFinding => ({ where, rule: 'claim', message: `${id} is in no step` })),
    ...known
      .filter((id) => !checked.has(id))
      .map((id): LintFinding => ({ where, rule: 'claim', message: `nobody checks ${id}` })),
    ...steps.flatMap(({ ref, step }) =>
      step.claims
        .filter((id) => !known.includes(id))
        .map(
          (id): LintFinding => ({
            where: `labs/${ref.lab}/steps/${ref.step}`,
            rule: 'claim',
            message: `there is no claim ${id}`,
          }),
        ),
    ),
  ];
}

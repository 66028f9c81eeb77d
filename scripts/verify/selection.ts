import { claims } from '../../labs/claims.ts';
import type { Check, LabDefinition } from '../../labs/lab.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { didYouMean } from '../../lib/suggest.ts';

/** A lab with those of its checks that are to run. */
export interface Chosen {
  lab: LabDefinition;
  checks: readonly Check[];
}

/**
 * The checks that words name: a lab (`02-clusterip`, `clusterip`, `02`) or a claim (`L-05`, in any case); without words all.
 * `grep` narrows it to checks with the text in lab, claims or title. Throws WorkshopError `usage` for a word that names nothing.
 */
export function choose(
  labs: readonly LabDefinition[],
  words: readonly string[],
  grep?: string | undefined,
): Chosen[] {
  const wanted = words.map((word) => matcher(labs, word));
  const pattern = grep?.toLowerCase();
  return labs
    .map((lab) => ({
      lab,
      checks: lab.checks
        .filter((check) => wanted.length === 0 || wanted.some((matches) => matches(lab, check)))
        .filter((check) => pattern === undefined || textOf(lab, check).includes(pattern)),
    }))
    .filter(({ checks }) => checks.length > 0);
}

type Matcher = (lab: LabDefinition, check: Check) => boolean;

function matcher(labs: readonly LabDefinition[], word: string): Matcher {
  const claim = word.toUpperCase();
  const known = new Set(labs.flatMap(({ checks }) => checks.flatMap((check) => check.claims)));
  if (known.has(claim)) return (_lab, check) => check.claims.includes(claim);
  const named = labs.filter(
    ({ id }) => id === word || id.replace(/^\d+-/, '') === word || id.startsWith(`${word}-`),
  );
  if (named.length > 0) return (lab) => named.includes(lab);
  if (claims.some(({ id }) => id === claim)) {
    throw new WorkshopError('usage', `could not verify ${claim}: no check proves this claim yet`, {
      advice: 'workshop list',
    });
  }
  const candidates = [...labs.flatMap(({ id }) => [id, id.replace(/^\d+-/, '')]), ...known];
  throw new WorkshopError(
    'usage',
    `could not verify ${word}: no such lab or claim${didYouMean(word, candidates)}`,
    {
      advice: 'workshop list',
    },
  );
}

function textOf(lab: LabDefinition, check: Check): string {
  return [lab.id, lab.title, ...check.claims, check.title].join(' ').toLowerCase();
}

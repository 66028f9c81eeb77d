import { createHash, randomBytes } from 'node:crypto';
import type { ReadResults } from './read-results.ts';
import { type Result, sealed } from './result.ts';

/** All that was read, without a name: those of files are often those of their learners. */
export function anonymisedAll(read: ReadResults): ReadResults {
  const damaged = read.damaged.map(({ why }, index) => ({ file: `file ${index + 1}`, why }));
  return { results: anonymised(read.results), damaged, superseded: [] };
}

/** The results under names that say nothing, in an order that says nothing: drawn anew each time. */
export function anonymised(results: readonly Result[]): Result[] {
  const salt = randomBytes(16);
  const lot = ({ learner }: Result) => createHash('sha256').update(salt).update(learner).digest('hex');
  const width = String(results.length).length;
  return [...results]
    .sort((a, b) => (lot(a) < lot(b) ? -1 : 1))
    .map(({ digest, ...rest }, index) =>
      sealed({ ...rest, learner: `learner-${String(index + 1).padStart(width, '0')}` }),
    );
}

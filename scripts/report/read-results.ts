import { readFileSync } from 'node:fs';
import { codeOf, messageOf } from '../../lib/errors.ts';
import resultSchema from './result.schema.json' with { type: 'json' };
import { isWhole, type Result } from './result.ts';
import { type Schema, schemaFault } from './schema.ts';

/** What a list of files came to: nobody's result is lost by what is wrong with another's. */
export interface ReadResults {
  /** One for each learner, by name. */
  results: Result[];
  /** Files that are not counted, and why. */
  damaged: { file: string; why: string }[];
  /** Files that are older than another one of the same learner. */
  superseded: { file: string; by: string }[];
}

/** Reads results; of a learner with several the latest counts. */
export function readResults(files: readonly string[]): ReadResults {
  const damaged: ReadResults['damaged'] = [];
  const superseded: ReadResults['superseded'] = [];
  const latest = new Map<string, { file: string; result: Result }>();
  for (const file of files) {
    const read = readResult(file);
    if ('why' in read) {
      damaged.push({ file, why: read.why });
      continue;
    }
    const { result } = read;
    const before = latest.get(result.learner);
    if (before && before.result.madeAt >= result.madeAt) {
      superseded.push({ file, by: before.file });
      continue;
    }
    if (before) superseded.push({ file: before.file, by: file });
    latest.set(result.learner, { file, result });
  }
  const results = [...latest.values()].map(({ result }) => result);
  return { results: results.sort((a, b) => a.learner.localeCompare(b.learner, 'en')), damaged, superseded };
}

function readResult(file: string): { result: Result } | { why: string } {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // The system's own sentence would name the file once more.
    const why = `it cannot be read (${codeOf(error) ?? messageOf(error)})`;
    return { why: error instanceof SyntaxError ? 'it is cut off, or no JSON' : why };
  }
  const fault = schemaFault(value, resultSchema as Schema);
  if (fault !== undefined) return { why: `it is no result: ${fault}` };
  const result = value as Result;
  return isWhole(result) ? { result } : { why: 'it was changed after it was written' };
}

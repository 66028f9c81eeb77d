import { createHash } from 'node:crypto';
import type { Answer, Case, Json } from './case.ts';
import { isObject } from './case.ts';

/** An answer without what no two servers have in common: identities, times, random picks. */
export function normalize(answer: Answer, given: Case): unknown {
  const text = JSON.stringify(given);
  const result = walk(answer, text) as Record<string, unknown>;
  for (const path of given.ignore ?? []) drop(result, path.startsWith('metadata') ? `object.${path}` : path);
  if (given.firstLine && typeof result['message'] === 'string')
    result['message'] = result['message'].split('\n')[0];
  return result;
}

const identities = ['uid', 'resourceVersion', 'managedFields', 'creationTimestamp', 'deletionTimestamp'];

function walk(value: unknown, given: string): unknown {
  if (typeof value === 'string') return walkText(value, given);
  if (Array.isArray(value)) return value.map((entry) => walk(entry, given));
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !identities.includes(key))
    .filter(([, entry]) => !isEmpty(entry))
    .map(([key, entry]) => {
      // The texts above columns are long and come back in every table: their hash will do.
      if (key === 'description')
        return [key, createHash('sha256').update(`${entry}`).digest('hex').slice(0, 12)];
      const random = /[nN]odePort$/.test(key) && !given.includes(`${entry}`);
      return [key, random ? '<port>' : walk(entry, given)];
    });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

/** Go sends `null`, `{}` or nothing for the same emptiness, as its types have it. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || (isObject(value) && Object.keys(value).length === 0);
}

function walkText(text: string, given: string): string {
  return text
    .replace(/\b172\.17\.\d+\.\d+\b/g, (address) => (given.includes(address) ? address : '<address>'))
    .replace(/:(3\d{4})\//g, (all, port) => (given.includes(port) ? all : ':<port>/'))
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
}

function drop(target: Record<string, unknown>, path: string): void {
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) delete target[head];
  else if (isObject(target[head])) drop(target[head], rest.join('.'));
}

/** A row of a table, its young age apart. */
export function normalizeCells(cells: readonly unknown[]): unknown[] {
  return cells.map((cell) => (typeof cell === 'string' && /^\d{1,2}s$/.test(cell) ? '<age>' : cell));
}

/** The expectations were recorded with the plug-in ServiceAccount switched off: it wants accounts made beforehand. */
export function withoutAccount(answer: unknown): unknown {
  const spec = ((answer as Json)['object'] as Json | undefined)?.['spec'] as Json | undefined;
  if (spec?.['serviceAccountName'] === 'default') {
    delete spec['serviceAccountName'];
    delete spec['serviceAccount'];
  }
  return answer;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '../../../../lib/yaml.ts';

export type Json = Record<string, unknown>;

/** One story: objects that exist before, then up to one step of each kind in this order. All are merge patches. */
export interface Case {
  title: string;
  /** Patched over the base and created first. */
  before?: Json[];
  create: Json;
  /** Patched over the stored object, sent to `/status`. */
  status?: Json;
  /** Patched over the stored object, sent as a replacement. */
  update?: Json;
  /** Patched over the base, sent as a replacement without a resource version. */
  replace?: Json;
  delete?: boolean;
  /** The result is the object's row in a table. */
  table?: boolean;
  /** Parts of the answer that depend on the generic path alone, or differ on purpose. */
  ignore?: string[];
  /** Only the first line of the message counts. */
  firstLine?: boolean;
}

export interface Group {
  file: string;
  plural: string;
  base: Json;
  cases: Case[];
}

/** What a server answered to the last step of a case. */
export interface Answer {
  code: number;
  message?: string;
  reason?: string;
  causes?: unknown[];
  warnings?: string[];
  object?: unknown;
  row?: unknown;
  columns?: unknown[];
}

export const namespace = 'golden';

/** All cases; `$ago(4)` and `$micro(4)` in them become the time four hours before `now`. */
export function loadGroups(now: number): Group[] {
  const folder = join(import.meta.dirname, 'cases');
  return readdirSync(folder)
    .toSorted()
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
        .replace(/\$ago\((\d+)\)/g, (_, hours) => `'${timeOf(now, hours).slice(0, 19)}Z'`)
        .replace(/\$micro\((\d+)\)/g, (_, hours) => `'${timeOf(now, hours).slice(0, 23)}000Z'`);
      const parsed = parseYaml(text, file) as Group | Group[];
      return [parsed]
        .flat()
        .map((group) => ({ ...group, file: `${file.replace('.yaml', '')}.${group.plural}` }));
    });
}

function timeOf(now: number, hours: string): string {
  return new Date(now - Number(hours) * 3_600_000).toISOString();
}

/** JSON merge patch (RFC 7386). */
export function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Json = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function goldenFile(group: Group): string {
  return join(import.meta.dirname, 'golden', `${group.file}.json`);
}

import { parse, parseAllDocuments, stringify } from 'yaml';
import { messageOf, WorkshopError } from './errors.ts';

/** Parses one YAML (or JSON) document. Throws WorkshopError `usage` that names `source` and the line. */
export function parseYaml(text: string, source: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new WorkshopError('usage', `could not read ${source}: ${messageOf(error)}`, { cause: error });
  }
}

/** Parses a stream of documents parted by `---`; empty ones are left out. Throws like parseYaml. */
export function parseYamlStream(text: string, source: string): unknown[] {
  return parseAllDocuments(text)
    .map((document) => {
      const [error] = document.errors;
      if (error) {
        throw new WorkshopError('usage', `could not read ${source}: ${error.message}`, { cause: error });
      }
      return document.toJS() as unknown;
    })
    .filter((value) => value !== null && value !== undefined);
}

/** A value as YAML, without breaking long lines. */
export function formatYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}

import { readFileSync } from 'node:fs';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import { suggest } from '../../lib/suggest.ts';
import { parseYaml } from '../../lib/yaml.ts';
import type { Values } from './command-line.ts';
import { fields, isOfOtherMode } from './fields.ts';

export interface ConfigFile {
  /** By flag name, so that a file and a command line mean the same. */
  readonly values: Values;
  /** The field behind each of these flags, to name in messages. */
  readonly fieldOf: ReadonlyMap<string, string>;
  /** Fields that are set and have no effect here. */
  readonly unused: readonly string[];
}

/** Reads a KubeProxyConfiguration from a file. Throws WorkshopError `usage` that names the file and the field at fault. */
export function readConfigFile(file: string): ConfigFile {
  try {
    return parseConfig(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof WorkshopError) throw error;
    throw new WorkshopError('usage', `could not read the configuration ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The same from text; `source` names it in messages. */
export function parseConfig(text: string, source: string): ConfigFile {
  const wrong = (what: string, advice?: string) =>
    new WorkshopError(
      'usage',
      `could not use the configuration ${source}: ${what}`,
      advice === undefined ? {} : { advice },
    );
  const root = parseYaml(text, source);
  if (!isRecord(root)) throw wrong('it is no object');
  if (root['apiVersion'] !== apiVersion || root['kind'] !== kind) {
    throw wrong(
      `it is no ${kind} of ${apiVersion}`,
      `the lines "apiVersion: ${apiVersion}" and "kind: ${kind}"`,
    );
  }
  const mode = typeof root['mode'] === 'string' ? root['mode'] : '';
  const values: Record<string, string | boolean> = {};
  const fieldOf = new Map<string, string>();
  const unused: string[] = [];
  for (const [path, value] of leaves(root, '')) {
    const flag = fields[path];
    if (flag === undefined) throw wrong(`unknown field "${path}"`, adviceFor(path));
    if (flag === '' || isEmpty(value) || isOfOtherMode(path, mode)) continue;
    if (flag === 'unused') unused.push(path);
    else {
      values[flag] =
        asFlag(value) ?? fail(wrong(`the field "${path}" is no text, number, switch or list of texts`));
      fieldOf.set(flag, path);
    }
  }
  return { values, fieldOf, unused };
}

const apiVersion = 'kubeproxy.config.k8s.io/v1alpha1';
const kind = 'KubeProxyConfiguration';

function* leaves(object: Readonly<Record<string, unknown>>, prefix: string): Iterable<[string, unknown]> {
  for (const [name, value] of Object.entries(object)) {
    const path = `${prefix}${name}`;
    if (isRecord(value) && !(path in fields)) yield* leaves(value, `${path}.`);
    else yield [path, value];
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** kubeadm writes out every field; what has Go's zero value there means the default. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === '' || value === 0 || value === '0s' || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.values(value).every(isEmpty);
}

function asFlag(value: unknown): string | boolean | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(',') : undefined;
}

function adviceFor(path: string): string | undefined {
  const near = suggest(path, Object.keys(fields));
  return near === undefined ? undefined : `"${near}"; did you mean that`;
}

function fail(error: Error): never {
  throw error;
}

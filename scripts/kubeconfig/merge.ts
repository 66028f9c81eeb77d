import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import { WorkshopError } from '../../lib/errors.ts';
import type { Environment } from '../../lib/paths.ts';
import { formatYaml, parseYaml } from '../../lib/yaml.ts';

interface Named {
  name: string;
  [key: string]: unknown;
}

interface Kubeconfig {
  clusters?: Named[] | null;
  users?: Named[] | null;
  contexts?: Named[] | null;
  'current-context'?: string;
  [key: string]: unknown;
}

/** The file that kubectl would write a new context to: of several in KUBECONFIG the first that is there, else the last. */
export function defaultKubeconfig(env: Environment): string {
  const files = (env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  return files.find(existsSync) ?? files.at(-1) ?? join(env['HOME'] ?? homedir(), '.kube', 'config');
}

/**
 * Adds the one cluster of `source` to the kubeconfig `target` as cluster, user and context `workshop-NAME`; entries of that
 * name are replaced, all others stay. Returns the context's name. Throws WorkshopError `usage` when `target` is no kubeconfig.
 */
export function mergeInto(target: string, source: string, cluster: string, switchContext: boolean): string {
  const name = cluster === 'workshop' ? cluster : `workshop-${cluster}`;
  // Through a link: the file it leads to is replaced, not the link.
  const file = existsSync(target) ? realpathSync(target) : target;
  const old = existsSync(file) ? read(file) : { apiVersion: 'v1', kind: 'Config' };
  const own = read(source);
  const merged: Kubeconfig = {
    ...old,
    clusters: put(old.clusters, { ...own.clusters?.[0], name }),
    users: put(old.users, { ...own.users?.[0], name }),
    contexts: put(old.contexts, { name, context: { cluster: name, user: name } }),
    'current-context': switchContext || !old['current-context'] ? name : old['current-context'],
  };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomically(file, formatYaml(merged));
  return name;
}

function put(list: Named[] | null | undefined, entry: Named): Named[] {
  return [...(list ?? []).filter(({ name }) => name !== entry.name), entry];
}

function read(file: string): Kubeconfig {
  const value = parseYaml(readFileSync(file, 'utf8'), file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Kubeconfig;
  throw new WorkshopError('usage', `could not merge into ${file}: it is not a kubeconfig`);
}

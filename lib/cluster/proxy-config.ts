import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../atomic-file.ts';
import type { ClusterPaths } from '../paths.ts';
import { formatYaml, parseYaml } from '../yaml.ts';

/** What is set in a node's proxy configuration; the rest of the file stays as somebody may have edited it. */
export interface ProxyChoice {
  readonly mode: string;
  /** Undefined: the mode's own default. */
  readonly scheduler: string | undefined;
}

/** The configuration file of a node's proxy: a KubeProxyConfiguration, which the proxy watches. */
export function proxyConfigFile(paths: ClusterPaths, node: string): string {
  return join(paths.root, `proxy-${node}.yaml`);
}

/** Writes the file for a node that has none yet: what was chosen while the cluster ran outlives a restart. */
export function ensureProxyConfig(file: string, choice: ProxyChoice): void {
  if (!existsSync(file)) writeProxyConfig(file, choice);
}

/** Sets the choice in the file, or makes the file. A running proxy takes it up at once. */
export function writeProxyConfig(file: string, choice: ProxyChoice): void {
  writeFileAtomically(file, withChoice(existsSync(file) ? readFileSync(file, 'utf8') : '', file, choice));
}

/** The text of a configuration file with the choice set in it. `source` is its name in messages. */
export function withChoice(text: string, source: string, { mode, scheduler }: ProxyChoice): string {
  const known = text.trim() === '' ? {} : parseYaml(text, source);
  const before = (typeof known === 'object' && known !== null ? known : {}) as Record<string, unknown>;
  const section = before[mode] as Record<string, unknown> | undefined;
  return formatYaml({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    ...before,
    mode,
    ...(scheduler !== undefined && mode !== 'userspace' && { [mode]: { ...section, scheduler } }),
  });
}

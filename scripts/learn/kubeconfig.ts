import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import { kubeconfigOf } from '../../lib/cluster/kubeconfig/record.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import { formatYaml, parseYaml } from '../../lib/yaml.ts';

interface Kubeconfig {
  'current-context'?: string;
  contexts?: { context?: { namespace?: string } }[];
}

/** The learner's kubeconfig: the administrator's, with the namespace of the lab that the learner is at. */
export function courseKubeconfig(paths: ClusterPaths): string {
  return join(paths.root, 'course.kubeconfig');
}

/**
 * Lets the learner's kubeconfig point to a namespace; shells that use it need not be told. Gives what KUBECONFIG is to be: for
 * somebody else's cluster that is a list (kubectl(1)), a context of ours and then the user's own file, of which no copy is made.
 */
export function pointTo(paths: ClusterPaths, namespace: string): string {
  const file = courseKubeconfig(paths);
  const original = kubeconfigOf(paths);
  const config = parseYaml(readFileSync(original, 'utf8'), original) as Kubeconfig;
  for (const { context } of config.contexts ?? []) if (context) context.namespace = namespace;
  const foreign = original !== paths.kubeconfig;
  const text = formatYaml(foreign ? contextsOf(config) : config);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileAtomically(file, text);
  return foreign ? [file, original].join(delimiter) : file;
}

/** Who is meant and where, without the keys to get there. */
function contextsOf(config: Kubeconfig): object {
  const { contexts, 'current-context': current } = config;
  return { apiVersion: 'v1', kind: 'Config', contexts, 'current-context': current };
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import { formatYaml, parseYaml } from '../../lib/yaml.ts';

interface Kubeconfig {
  contexts?: { context?: { namespace?: string } }[];
}

/** The learner's kubeconfig: the administrator's, with the namespace of the lab that the learner is at. */
export function courseKubeconfig(paths: ClusterPaths): string {
  return join(paths.root, 'course.kubeconfig');
}

/** Lets the learner's kubeconfig point to a namespace; shells that use it need not be told. */
export function pointTo(paths: ClusterPaths, namespace: string): string {
  const file = courseKubeconfig(paths);
  const config = parseYaml(readFileSync(paths.kubeconfig, 'utf8'), paths.kubeconfig) as Kubeconfig;
  for (const { context } of config.contexts ?? []) if (context) context.namespace = namespace;
  const text = formatYaml(config);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileAtomically(file, text);
  return file;
}

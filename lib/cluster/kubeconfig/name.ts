import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { WorkshopError } from '../../errors.ts';
import { readKubeconfig } from '../../kube/kubeconfig-file.ts';
import { parseYaml } from '../../yaml.ts';

/** The current context of a kubeconfig. Throws WorkshopError `usage` when the file cannot be read or has none. */
export function currentContext(file: string): string {
  const config = parseYaml(readKubeconfig(file), file) as Readonly<Record<string, unknown>> | null;
  const context = config?.['current-context'];
  if (typeof context === 'string' && context !== '') return context;
  throw new WorkshopError('usage', `could not use ${file}: it has no current context`, {
    advice: `kubectl config use-context NAME --kubeconfig ${file}`,
  });
}

/**
 * The name of the folder in which progress and results of that cluster are kept: the context in a DNS label's letters, and a
 * hash that tells it from the same context of another file. Throws like currentContext.
 */
export function nameOfKubeconfig(file: string): string {
  const context = currentContext(file);
  const hash = createHash('sha256')
    .update(`${resolve(file)}\n${context}`)
    .digest('hex')
    .slice(0, 8);
  const label = context
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '');
  return `${label || 'cluster'}-${hash}`;
}

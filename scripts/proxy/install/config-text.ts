import { isDeepStrictEqual } from 'node:util';
import { formatYaml, parseYaml } from '../../../lib/yaml.ts';
import { files } from './layout.ts';
import type { ProxySetup } from './target.ts';

/**
 * The text of a node's KubeProxyConfiguration. One that is there already stays as somebody may have edited it, unless the setup is
 * to win. Throws WorkshopError `usage` when it is no YAML.
 */
export function configText(setup: ProxySetup, before: string | undefined): string {
  const known = before === undefined ? undefined : (parseYaml(before, files.config) as Config);
  if (before !== undefined && known !== null && typeof known === 'object' && !setup.overrule) return before;
  const { mode, scheduler, clusterCidr } = setup;
  const section = (known?.[mode] ?? {}) as Config;
  const config = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    ...known,
    mode,
    ...(clusterCidr !== undefined && { clusterCIDR: clusterCidr }),
    ...(scheduler !== undefined && mode !== 'userspace' && { [mode]: { ...section, scheduler } }),
  };
  return before !== undefined && isDeepStrictEqual(config, known) ? before : formatYaml(config);
}

type Config = Readonly<Record<string, unknown>>;

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from '../../lib/cluster/control-plane.ts';
import { isNotFound } from '../../lib/kube/api-error.ts';
import type { Client } from '../../lib/kube/client.ts';
import { type Resource, resources } from '../../lib/kube/resources.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import { repositoryRoot } from '../../lib/root.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { parseYamlStream } from '../../lib/yaml.ts';
import { rbacResources } from './rbac.ts';

/**
 * The cluster's own workloads: DNS, which is ours or, beside a real control plane, CoreDNS. `dnsKubeconfig` is the text of the
 * credentials that ours gets.
 */
export function addonObjects(
  settings: Settings,
  dnsKubeconfig: string,
  controlPlane: ControlPlane['kind'] = 'embedded',
): KubeObject[] {
  const name = controlPlane === 'kubernetes' ? 'coredns-kubernetes.yaml' : 'coredns.yaml';
  const file = join(repositoryRoot(), 'manifests', 'addons', name);
  const text = readFileSync(file, 'utf8')
    .replaceAll('$(DNS_ADDRESS)', settings.network.dns)
    .replaceAll('$(DNS_DOMAIN)', settings.network.domain)
    .replaceAll('$(DNS_KUBECONFIG)', Buffer.from(dnsKubeconfig).toString('base64'));
  return parseYamlStream(text, file) as KubeObject[];
}

/** Creates the objects; those that are there already are brought to the wanted state. Throws ApiError. */
export async function applyObjects(client: Client, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    const resource = resourceOf(object);
    const { namespace, name = '' } = object.metadata ?? {};
    const ref = { namespace, name };
    // A look first: creating a Service again would be refused for its address, not for its name.
    const old = await client.get(resource, ref).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
      return undefined;
    });
    if (old) await client.patch(resource, ref, object, { type: 'merge' });
    else await client.create(resource, object);
  }
}

function resourceOf({ kind }: KubeObject): Resource {
  const resource = Object.values({ ...resources, ...rbacResources }).find((known) => known.kind === kind);
  if (!resource) throw new TypeError(`no resource for kind ${kind}`);
  return resource;
}

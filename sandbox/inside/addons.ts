import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlreadyExists } from '../../lib/kube/api-error.ts';
import type { Client } from '../../lib/kube/client.ts';
import { type Resource, resources } from '../../lib/kube/resources.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import { repositoryRoot } from '../../lib/root.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { parseYamlStream } from '../../lib/yaml.ts';

/** The cluster's own workloads: DNS. `dnsKubeconfig` is the text of the credentials it gets. */
export function addonObjects(settings: Settings, dnsKubeconfig: string): KubeObject[] {
  const file = join(repositoryRoot(), 'manifests', 'addons', 'coredns.yaml');
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
    try {
      await client.create(resource, object);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const { namespace, name = '' } = object.metadata ?? {};
      await client.patch(resource, { namespace, name }, object, { type: 'merge' });
    }
  }
}

function resourceOf({ kind }: KubeObject): Resource {
  const resource = Object.values(resources).find((known) => known.kind === kind);
  if (!resource) throw new TypeError(`no resource for kind ${kind}`);
  return resource;
}

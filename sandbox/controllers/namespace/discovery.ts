import type { Client } from '../../../lib/kube/client.ts';
import type { Resource } from '../../../lib/kube/resources.ts';

interface GroupList {
  groups: { name: string; preferredVersion: { version: string } }[];
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}

/** All kinds with namespaces that the server can list and delete. Throws what the client throws. */
export async function deletableResources(client: Client): Promise<Resource[]> {
  const { groups } = JSON.parse(await client.raw('/apis', json)) as GroupList;
  const versions = [
    { group: '', version: 'v1' },
    ...groups.map(({ name, preferredVersion }) => ({ group: name, version: preferredVersion.version })),
  ];
  const lists = await Promise.all(versions.map((at) => resourcesOf(client, at)));
  return lists.flat();
}

const json = { accept: 'application/json' };

async function resourcesOf(
  client: Client,
  { group, version }: { group: string; version: string },
): Promise<Resource[]> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const { resources } = JSON.parse(await client.raw(path, json)) as ResourceList;
  return resources
    .filter(({ name, namespaced, verbs }) => {
      return namespaced && !name.includes('/') && verbs.includes('list') && verbs.includes('delete');
    })
    .map(({ name, kind }) => ({ group, version, plural: name, kind, namespaced: true }));
}

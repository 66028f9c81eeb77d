import { resources } from '../../lib/kube/resources.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import type { Lab } from '../lab.ts';
import { ensure, find } from './ensure.ts';

const name = 'workshop-notes';

/** Keeps a text for the step's check, in a ConfigMap of the lab: what was there when the step began. */
export async function note(lab: Lab, key: string, text: string): Promise<void> {
  await ensure(lab, resources.configMaps, { metadata: { name } });
  const ref = { namespace: lab.namespace, name };
  const patch = { data: { [key]: text } };
  await lab.client.patch(resources.configMaps, ref, patch, { type: 'merge', signal: lab.signal });
}

/** What was noted under the key; an empty text where nothing was. */
export async function noted(lab: Lab, key: string): Promise<string> {
  const notes = await find<KubeObject & { data?: Record<string, string> }>(lab, resources.configMaps, name);
  return notes?.data?.[key] ?? '';
}

import type { V1Pod, Wire } from '../../../lib/kube/types.ts';
import type { Call, Outcome } from '../api.ts';
import { decodeBody } from '../decode/request.ts';
import type { StoredObject } from '../kinds/kind.ts';
import { conflict, success } from '../status.ts';
import { wireTime } from '../verbs/context.ts';
import { deleteObject } from '../verbs/delete.ts';
import type { DeleteOptions } from '../verbs/delete-options.ts';
import { writeOptions } from '../verbs/options.ts';
import { updateObject } from '../verbs/update.ts';

type PodObject = StoredObject & { spec: Wire<NonNullable<V1Pod['spec']>>; status?: Wire<V1Pod>['status'] };

/** POST of `pods/x/binding`: the scheduler's word on which node runs the pod. Throws Refusal 409 when it has one. */
export async function bind(call: Call): Promise<Outcome> {
  const type = { group: '', version: 'v1', kind: 'Binding', model: 'V1Binding' };
  const { dryRun } = writeOptions(call.info.query, 'CreateOptions');
  const binding = await readBody(call, type);
  const node = (binding['target'] as { name?: string } | undefined)?.name ?? '';
  const name = call.info.name || binding.metadata.name;
  const { api, kind, info } = call;
  const change = (old: StoredObject): StoredObject => {
    const pod = structuredClone(old) as PodObject;
    const taken = pod.spec.nodeName;
    if (taken) {
      const why = `pod ${name} is already assigned to node ${JSON.stringify(taken)}`;
      throw conflict({ group: '', plural: 'pods/binding' }, name, why);
    }
    pod.spec.nodeName = node;
    const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: wireTime(api.now()) };
    pod.status = { ...pod.status, conditions: [...others, scheduled] };
    return pod;
  };
  await assign(call, { kind, namespace: info.namespace, name, dryRun, change });
  return { code: 201, body: success(undefined, 201) };
}

/**
 * The node's name is of the spec, the condition of the status, and a pod's spec may not change otherwise: so neither
 * part's rules are asked.
 */
async function assign(
  { api }: Call,
  request: Omit<Parameters<typeof updateObject>[1], 'part'>,
): Promise<void> {
  const { kind } = request;
  const bare = { ...kind, subresources: [] };
  for (const rule of ['prepareForUpdate', 'validateUpdate', 'allocate', 'changesGeneration'] as const)
    delete bare[rule];
  await updateObject(api, { ...request, kind: { ...bare, hasGeneration: false }, part: 'main' });
}

/** POST of `pods/x/eviction`: a deletion that a disruption budget could refuse; there are none here. */
export async function evict(call: Call): Promise<Outcome> {
  const { api, kind, info } = call;
  const type = { group: 'policy', version: 'v1', kind: 'Eviction', model: 'V1Eviction' };
  const { dryRun } = writeOptions(info.query, 'CreateOptions');
  const eviction = await readBody(call, type);
  const wanted = (eviction['deleteOptions'] ?? {}) as Partial<DeleteOptions>;
  await deleteObject(api, {
    kind,
    namespace: info.namespace,
    name: info.name,
    options: { ...wanted, dryRun },
  });
  return { code: 201, body: success(undefined, 201) };
}

async function readBody(
  call: Call,
  type: { group: string; version: string; kind: string; model: string },
): Promise<StoredObject> {
  const { object } = decodeBody(call.api.schema, type, await call.body(), {
    contentType: call.request.headers['content-type'],
    fieldValidation: 'Ignore',
    isKind: call.api.registry.knows,
  });
  return object;
}

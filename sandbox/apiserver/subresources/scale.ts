import type { Call, Outcome } from '../api.ts';
import { decodeBody } from '../decode/request.ts';
import type { StoredObject } from '../kinds/kind.ts';
import { invalid } from '../status.ts';
import { invalid as invalidField } from '../validation/field-error.ts';
import { writeOptions } from '../verbs/options.ts';
import { readPatch } from '../verbs/patch.ts';
import { getObject } from '../verbs/read.ts';
import { updateObject } from '../verbs/update.ts';

const scaleType = { group: 'autoscaling', version: 'v1', kind: 'Scale', model: 'V1Scale' } as const;

/** GET of `…/scale`. */
export function getScale(call: Call): Outcome {
  return { code: 200, body: scaleOf(getObject(call)) };
}

/** PUT of `…/scale`: changes spec.replicas of the object behind it. */
export async function updateScale(call: Call): Promise<Outcome> {
  const { dryRun, fieldValidation } = writeOptions(call.info.query, 'UpdateOptions');
  const { object, warnings } = decodeBody(call.api.schema, scaleType, await call.body(), {
    contentType: call.request.headers['content-type'],
    fieldValidation,
    isKind: call.api.registry.knows,
  });
  const next = await changeScale(call, dryRun, () => object);
  return { code: 200, body: scaleOf(next), warnings };
}

/** PATCH of `…/scale`. */
export async function patchScale(call: Call): Promise<Outcome> {
  const { dryRun, fieldValidation } = writeOptions(call.info.query, 'PatchOptions');
  const apply = readPatch(await call.body(), call.request.headers['content-type']);
  const target = { schema: call.api.schema, type: scaleType, fieldValidation };
  const next = await changeScale(call, dryRun, (old) => apply(target, old).object);
  return { code: 200, body: scaleOf(next) };
}

function changeScale(
  { api, kind, info }: Call,
  dryRun: boolean,
  wanted: (old: StoredObject) => StoredObject,
): Promise<StoredObject> {
  const change = (old: StoredObject): StoredObject => {
    const scale = wanted(scaleOf(old));
    const replicas = (scale['spec'] as { replicas?: number } | undefined)?.replicas ?? 0;
    if (replicas < 0) {
      const error = invalidField('spec.replicas', replicas, 'must be greater than or equal to 0');
      throw invalid(scaleType, info.name, [error]);
    }
    const next = structuredClone(old);
    next['spec'] = { ...(next['spec'] as object), replicas };
    const { name, uid, resourceVersion } = scale.metadata;
    next.metadata = { ...next.metadata, name, uid, resourceVersion };
    return next;
  };
  return updateObject(api, {
    kind,
    namespace: info.namespace,
    name: info.name,
    part: 'main',
    dryRun,
    change,
  });
}

interface Scalable {
  spec: { replicas?: number; selector?: Selector };
  status?: { replicas?: number };
}

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

function scaleOf(object: StoredObject): StoredObject {
  const { spec, status } = object as unknown as Scalable;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec: { replicas: spec.replicas ?? 1 },
    status: { replicas: status?.replicas ?? 0, selector: selectorText(spec.selector ?? {}) },
  };
}

/** `a=b,c in (d,e)`, sorted by key, as LabelSelectorAsSelector prints it. */
function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const labels = Object.entries(matchLabels).map(([key, value]): [string, string] => [
    key,
    `${key}=${value}`,
  ]);
  const others = matchExpressions.map(({ key, operator, values = [] }): [string, string] => {
    if (operator === 'Exists') return [key, key];
    if (operator === 'DoesNotExist') return [key, `!${key}`];
    return [key, `${key} ${operator.toLowerCase()} (${values.toSorted().join(',')})`];
  });
  const sorted = [...labels, ...others].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, text]) => text).join(',');
}

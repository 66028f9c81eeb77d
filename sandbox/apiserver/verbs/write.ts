import type { Call, Outcome } from '../api.ts';
import { decodeBody } from '../decode/request.ts';
import type { StoredObject } from '../kinds/kind.ts';
import { listAnswer, objectAnswer } from '../output/represent.ts';
import { filterOf } from '../select/filter.ts';
import { badRequest, Refusal, success } from '../status.ts';
import { checkNamespace, createObject } from './create.ts';
import { type Deleted, deleteObject } from './delete.ts';
import { readDeleteOptions } from './delete-options.ts';
import { writeOptions } from './options.ts';
import { type Part, updateObject } from './update.ts';

/** POST of an object. */
export async function create(call: Call): Promise<Outcome> {
  const { api, kind, info } = call;
  const { dryRun, fieldValidation } = writeOptions(info.query, 'CreateOptions');
  const { object, warnings } = await decode(call, fieldValidation);
  const created = await createObject(api, { kind, object, namespace: info.namespace, dryRun });
  return objectAnswer(call, created, {
    code: 201,
    warnings: [...warnings, ...(kind.warnings?.(created, undefined) ?? [])],
  });
}

/** Kinds that a PUT may create too (`AllowCreateOnUpdate` of their strategies). */
const createdByPut: ReadonlySet<string> = new Set(['endpoints', 'events', 'leases', 'services']);

/** PUT of an object, or of a part of it. */
export async function update(call: Call, part: Part): Promise<Outcome> {
  const { api, kind, info } = call;
  const { dryRun, fieldValidation } = writeOptions(info.query, 'UpdateOptions');
  const { object, warnings } = await decode(call, fieldValidation);
  if (!object.metadata.name) {
    throw badRequest(
      `the name of the object (${info.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  let old: StoredObject | undefined;
  const change = (stored: StoredObject) => {
    old = stored;
    return object;
  };
  try {
    const next = await updateObject(api, {
      kind,
      namespace: info.namespace,
      name: info.name,
      part,
      dryRun,
      change,
    });
    return objectAnswer(call, next, { warnings: [...warnings, ...(kind.warnings?.(next, old) ?? [])] });
  } catch (error) {
    const missing = error instanceof Refusal && error.code === 404 && part === 'main';
    if (!missing || !createdByPut.has(kind.plural) || object.metadata.name !== info.name) throw error;
    checkNamespace(kind, object.metadata, info.namespace);
    const created = await createObject(api, { kind, object, namespace: info.namespace, dryRun });
    return objectAnswer(call, created, { code: 201, warnings });
  }
}

/** DELETE of one object. */
export async function remove(call: Call): Promise<Outcome> {
  const { api, kind, info, request } = call;
  const options = readDeleteOptions(
    api.schema,
    await call.body(),
    request.headers['content-type'],
    info.query,
  );
  const deleted = await deleteObject(api, { kind, namespace: info.namespace, name: info.name, options });
  return deletedAnswer(call, deleted);
}

/** Kinds whose deletion answers with the object itself (`ReturnDeletedObject` of their storages). */
const returned: ReadonlySet<string> = new Set(['pods', 'services', 'serviceaccounts']);

function deletedAnswer(call: Call, { object, gone }: Deleted): Outcome {
  const { kind } = call;
  if (!gone || returned.has(kind.plural)) return objectAnswer(call, object);
  const { name, uid } = object.metadata;
  const details = { name, ...(kind.group && { group: kind.group }), kind: kind.plural, uid };
  return { code: 200, body: success(details) };
}

/** DELETE of all objects that the selectors let through. */
export async function removeCollection(call: Call): Promise<Outcome> {
  const { api, kind, info, request } = call;
  const filter = filterOf(kind, info);
  const options = readDeleteOptions(
    api.schema,
    await call.body(),
    request.headers['content-type'],
    info.query,
  );
  const objects = api.store.all(kind.plural).filter(filter);
  const done = objects.map(({ metadata }) => {
    const at = { namespace: metadata.namespace ?? '', name: metadata.name };
    return deleteObject(api, { kind, ...at, options }).catch(ignoreMissing);
  });
  const deleted = (await Promise.all(done)).flatMap((entry) => entry?.object ?? []);
  return listAnswer(call, deleted, { resourceVersion: String(api.store.revision) });
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Refusal) || error.code !== 404) throw error;
  return undefined;
}

async function decode(call: Call, fieldValidation: 'Strict' | 'Warn' | 'Ignore') {
  const { api, kind, request } = call;
  return decodeBody(api.schema, kind, await call.body(), {
    contentType: request.headers['content-type'],
    fieldValidation,
    isKind: api.registry.knows,
  });
}

import { randomUUID } from 'node:crypto';
import type {
  Kind,
  KindContext,
  ObjectMeta,
  StoredObject,
} from '../../../../sandbox/apiserver/kinds/kind.ts';
import { semanticEqual } from '../../../../sandbox/apiserver/validation/equal.ts';
import type { FieldError } from '../../../../sandbox/apiserver/validation/field-error.ts';
import {
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '../../../../sandbox/apiserver/validation/object-meta.ts';
import type { Answer, Case, Group, Json } from './case.ts';
import { merge, namespace } from './case.ts';
import { normalizeCells } from './normalize.ts';

/** Calls a kind's rules in the order that kind.ts promises, and nothing else: no store, no schema, no network. */
export class MemoryServer {
  readonly #kind: Kind;
  readonly #stored: StoredObject[];
  readonly #now: number;

  constructor(kind: Kind, { now, services = [] }: { now: number; services?: StoredObject[] }) {
    this.#kind = kind;
    this.#now = now;
    this.#stored = [...services];
  }

  play({ base }: Group, given: Case): Answer {
    for (const patch of given.before ?? []) this.create(merge(base, patch) as Json);
    let answer = this.create(merge(base, given.create) as Json);
    const current = () => structuredClone(answer.object) as Json;
    if (answer.code < 400 && given.status)
      answer = this.update(merge(current(), given.status) as Json, 'status');
    if (answer.code < 400 && given.update)
      answer = this.update(merge(current(), given.update) as Json, 'all');
    if (answer.code < 400 && given.replace) answer = this.update(merge(base, given.replace) as Json, 'all');
    if (answer.code < 400 && given.delete) {
      (answer.object as StoredObject).metadata.deletionTimestamp = new Date(this.#now).toISOString();
    }
    return answer.code < 400 && given.table ? this.#row(answer.object as StoredObject) : answer;
  }

  create(body: Json): Answer {
    const kind = this.#kind;
    const object = structuredClone(body) as unknown as StoredObject;
    object.metadata = this.#newMeta(object.metadata);
    kind.setDefaults?.(object);
    kind.prepareForCreate?.(object, this.#context());
    const errors = [
      ...validateObjectMeta(object.metadata, { namespaced: kind.namespaced, nameRule: kind.validateName }),
      ...(kind.validate?.(object, this.#context()) ?? []),
    ];
    if (errors.length === 0) errors.push(...(kind.allocate?.(object, undefined, this.#context()) ?? []));
    if (errors.length > 0) return this.#refuse(object, errors);
    this.#stored.push(object);
    return { code: 200, object, ...this.#warnings(object, undefined) };
  }

  update(body: Json, what: 'all' | 'status'): Answer {
    const kind = this.#kind;
    const object = structuredClone(body) as unknown as StoredObject;
    const index = this.#stored.findIndex(({ metadata }) => metadata.name === object.metadata.name);
    const old = this.#stored[index] as StoredObject;
    object.metadata = { ...pick(old.metadata), ...object.metadata };
    kind.setDefaults?.(object);
    if (what === 'all') kind.prepareForUpdate?.(object, old, this.#context());
    else kind.prepareForStatusUpdate?.(object, old, this.#context());
    const errors = this.#updateErrors(object, old, what);
    if (errors.length > 0) return this.#refuse(object, errors);
    if (kind.hasGeneration && this.#changesGeneration(object, old)) {
      object.metadata.generation = (old.metadata.generation ?? 0) + 1;
    }
    this.#stored[index] = object;
    return { code: 200, object, ...(what === 'all' ? this.#warnings(object, old) : {}) };
  }

  #warnings(object: StoredObject, old: StoredObject | undefined): { warnings?: string[] } {
    const warnings = this.#kind.warnings?.(object, old) ?? [];
    return warnings.length > 0 ? { warnings } : {};
  }

  #updateErrors(object: StoredObject, old: StoredObject, what: 'all' | 'status'): FieldError[] {
    const kind = this.#kind;
    const context = this.#context();
    const errors = validateObjectMetaUpdate(object.metadata, old.metadata);
    const status = what === 'status' ? kind.validateStatusUpdate : undefined;
    errors.push(...((status ?? kind.validateUpdate)?.call(kind, object, old, context) ?? []));
    if (errors.length > 0 || what === 'status') return errors;
    return kind.allocate?.(object, old, context) ?? [];
  }

  #changesGeneration(object: StoredObject, old: StoredObject): boolean {
    if (this.#kind.changesGeneration) return this.#kind.changesGeneration(object, old);
    return !semanticEqual(object['spec'], old['spec']);
  }

  #row(object: StoredObject): Answer {
    const { columns } = this.#kind;
    return {
      code: 200,
      columns: columns.map(({ cell: _, format = '', ...column }) => ({ format, ...column })),
      row: normalizeCells(columns.map(({ cell }) => cell(object, this.#now))),
    };
  }

  #newMeta(given: Partial<ObjectMeta>): ObjectMeta {
    const name = given.name ?? (given.generateName ? `${given.generateName}abcde` : '');
    return {
      ...given,
      name,
      ...(this.#kind.namespaced ? { namespace } : {}),
      ...(this.#kind.hasGeneration ? { generation: 1 } : {}),
      uid: randomUUID(),
      resourceVersion: '1',
      creationTimestamp: new Date(this.#now).toISOString(),
    };
  }

  #context(): KindContext {
    return {
      now: this.#now,
      dryRun: false,
      config: { serviceClusterIPRange: '172.17.0.0/18', serviceNodePortRange: [30000, 32767] },
      find: (plural) => (plural === this.#kind.plural ? this.#stored : []),
    };
  }

  #refuse({ metadata }: StoredObject, errors: readonly FieldError[]): Answer {
    const { kind, group } = this.#kind;
    const texts = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
    const list = texts.length === 1 ? texts.join() : `[${texts.join(', ')}]`;
    return {
      code: 422,
      message: `${group ? `${kind}.${group}` : kind} "${metadata.name || metadata.generateName}" is invalid: ${list}`,
      reason: 'Invalid',
      causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
    };
  }
}

/** What a replacement need not repeat. */
function pick({
  uid,
  resourceVersion,
  creationTimestamp,
  namespace: own,
  generation,
}: ObjectMeta): Partial<ObjectMeta> {
  return {
    uid,
    resourceVersion,
    creationTimestamp,
    ...(own === undefined ? {} : { namespace: own }),
    ...(generation === undefined ? {} : { generation }),
  };
}

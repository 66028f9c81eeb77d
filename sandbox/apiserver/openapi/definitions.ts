import type { Kind } from '../kinds/kind.ts';
import type { Field, ObjectType, Schema } from '../schema/schema.ts';
import { shapeOf, typeNamed } from '../schema/schema.ts';

/** OpenAPI 2 and 3 differ in where definitions are, and in how a reference may stand beside a description. */
export type Dialect = 'v2' | 'v3';

type Json = Record<string, unknown>;

/** The definitions of the models and of everything that they consist of, by OpenAPI name. */
export function definitionsOf(
  schema: Schema,
  models: readonly string[],
  kinds: readonly Kind[],
  dialect: Dialect,
): Json {
  const found = closure(schema, models);
  const gvks = new Map(kinds.map(({ model, group, kind, version }) => [model, { group, kind, version }]));
  const entries = found.map((model): [string, Json] => {
    const type = typeNamed(schema, model);
    const gvk = gvks.get(model);
    const body = definition(schema, type, dialect);
    return [openApiName(type), gvk ? { ...body, 'x-kubernetes-group-version-kind': [gvk] } : body];
  });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** `io.k8s.api.core.v1.Service` */
function openApiName({ pkg, name }: ObjectType): string {
  return `${pkg}.${name}`;
}

/** The `$ref` to a type's definition, which is elsewhere in OpenAPI 2 than in 3. */
export function referenceTo(type: ObjectType, dialect: Dialect): Json {
  const root = dialect === 'v2' ? '#/definitions' : '#/components/schemas';
  return { $ref: `${root}/${openApiName(type)}` };
}

function closure(schema: Schema, models: readonly string[]): string[] {
  const found = new Set<string>();
  const queue = [...models];
  for (let model = queue.pop(); model !== undefined; model = queue.pop()) {
    if (found.has(model)) continue;
    found.add(model);
    for (const { type } of Object.values(typeNamed(schema, model).fields)) {
      const next = /ref:(\w+)$/.exec(type)?.[1];
      if (next !== undefined) queue.push(next);
    }
  }
  return [...found];
}

function definition(schema: Schema, type: ObjectType, dialect: Dialect): Json {
  const fields = Object.entries(type.fields);
  const required = fields.filter(([, field]) => field.required).map(([name]) => name);
  return {
    description: type.description,
    type: 'object',
    ...(fields.length > 0 && {
      properties: Object.fromEntries(fields.map(([name, field]) => [name, property(schema, field, dialect)])),
    }),
    ...(required.length > 0 && { required }),
  };
}

function property(schema: Schema, field: Field, dialect: Dialect): Json {
  return {
    ...(field.description && { description: field.description }),
    ...described(typeBody(schema, field.type, dialect), dialect),
    ...(field.mergeKey && { 'x-kubernetes-patch-merge-key': field.mergeKey }),
    ...(field.strategy && { 'x-kubernetes-patch-strategy': field.strategy }),
  };
}

/** In OpenAPI 3.0 nothing may stand beside `$ref`. */
function described(body: Json, dialect: Dialect): Json {
  return dialect === 'v3' && '$ref' in body ? { allOf: [body], default: {} } : body;
}

function typeBody(schema: Schema, type: string, dialect: Dialect): Json {
  const shape = shapeOf(schema, type);
  switch (shape.kind) {
    case 'object':
      return referenceTo(shape.type, dialect);
    case 'list':
      return { type: 'array', items: described(typeBody(schema, shape.item, dialect), dialect) };
    case 'map':
      return {
        type: 'object',
        additionalProperties: described(typeBody(schema, shape.item, dialect), dialect),
      };
    case 'scalar':
      return scalars[shape.scalar] ?? { type: 'string' };
  }
}

const scalars: Readonly<Record<string, Json>> = {
  any: { type: 'object' },
  boolean: { type: 'boolean' },
  byte: { type: 'string', format: 'byte' },
  double: { type: 'number', format: 'double' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  intOrString: { type: 'string', format: 'int-or-string' },
  microTime: { type: 'string', format: 'date-time' },
  time: { type: 'string', format: 'date-time' },
};

import type { Kind } from '../kinds/kind.ts';
import { apiVersionOf } from '../registry.ts';
import type { Schema } from '../schema/schema.ts';
import { typeNamed } from '../schema/schema.ts';
import { type Dialect, referenceTo } from './definitions.ts';

type Json = Record<string, unknown>;

/**
 * The paths of a kind. kubectl looks in them for two things: whether writes know `fieldValidation`, and whether PATCH
 * takes strategic merge patches.
 */
export function pathsOf(schema: Schema, kind: Kind, dialect: Dialect): Json {
  const base = kind.group === '' ? '/api/v1' : `/apis/${apiVersionOf(kind)}`;
  const collection = `${base}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`;
  const operation = (action: string, more: Json = {}) => operationOf(schema, kind, dialect, action, more);
  const write = (action: string, types: readonly string[]) =>
    operation(action, writeParts(schema, kind, dialect, types));
  return {
    [collection]: {
      get: operation('list'),
      post: write('post', bodies),
      delete: operation('deletecollection'),
      parameters: scope(kind, dialect),
    },
    [`${collection}/{name}`]: {
      get: operation('get'),
      put: write('put', bodies),
      patch: write('patch', patches),
      delete: operation('delete'),
      parameters: [parameter('name', 'path', dialect), ...scope(kind, dialect)],
    },
  };
}

const bodies = ['application/json', 'application/yaml'];
const patches = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

function operationOf(
  schema: Schema,
  { group, version, kind, model }: Kind,
  dialect: Dialect,
  action: string,
  more: Json,
): Json {
  const schemaRef = referenceTo(typeNamed(schema, model), dialect);
  const body =
    dialect === 'v2' ? { schema: schemaRef } : { content: { 'application/json': { schema: schemaRef } } };
  return {
    description: `${action} ${kind}`,
    operationId: `${action}${group.replace(/\W/g, '')}${version}${kind}`,
    responses: { 200: { description: 'OK', ...body }, 401: { description: 'Unauthorized' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, kind, version },
    ...more,
  };
}

function writeParts(schema: Schema, { model }: Kind, dialect: Dialect, types: readonly string[]): Json {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) =>
    parameter(name, 'query', dialect),
  );
  const reference = referenceTo(typeNamed(schema, model), dialect);
  if (dialect === 'v2') {
    return {
      consumes: types,
      parameters: [{ in: 'body', name: 'body', required: true, schema: reference }, ...parameters],
    };
  }
  const content = Object.fromEntries(types.map((type) => [type, { schema: reference }]));
  return { parameters, requestBody: { content, required: true } };
}

function scope(kind: Kind, dialect: Dialect): Json[] {
  return kind.namespaced ? [parameter('namespace', 'path', dialect)] : [];
}

function parameter(name: string, place: 'path' | 'query', dialect: Dialect): Json {
  const type = { type: 'string', uniqueItems: true };
  const required = place === 'path' ? { required: true } : {};
  return { name, in: place, ...required, ...(dialect === 'v2' ? type : { schema: type }) };
}

/** What of JSON Schema result.schema.json uses. */
export interface Schema {
  $ref?: string;
  $defs?: Readonly<Record<string, Schema>>;
  type?: string;
  enum?: readonly unknown[];
  pattern?: string;
  minimum?: number;
  minLength?: number;
  required?: readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: boolean;
  items?: Schema;
}

/** The first thing about a value that a schema forbids, `steps[2].attempts is no integer`; undefined when all is as it says. */
export function schemaFault(
  value: unknown,
  schema: Schema,
  root: Schema = schema,
  at = '',
): string | undefined {
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
    return target ? schemaFault(value, target, root, at) : `${at}: unknown ${schema.$ref}`;
  }
  const name = at === '' ? 'it' : at;
  if (schema.enum && !schema.enum.includes(value)) return `${name} is none of ${schema.enum.join(', ')}`;
  if (schema.type !== undefined && !isOf(value, schema.type)) return `${name} is no ${schema.type}`;
  if (typeof value === 'string') return textFault(value, schema, name);
  if (typeof value === 'number' && value < (schema.minimum ?? value))
    return `${name} is below ${schema.minimum}`;
  if (Array.isArray(value)) return listFault(value, schema, root, at);
  return typeof value === 'object' && value !== null
    ? objectFault({ ...value }, schema, root, at)
    : undefined;
}

function isOf(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function textFault(value: string, { pattern, minLength = 0 }: Schema, name: string): string | undefined {
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return `${name} is not as it should be`;
  return value.length < minLength ? `${name} is too short` : undefined;
}

function listFault(
  value: readonly unknown[],
  { items }: Schema,
  root: Schema,
  at: string,
): string | undefined {
  if (!items) return undefined;
  for (const [index, item] of value.entries()) {
    const fault = schemaFault(item, items, root, `${at}[${index}]`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function objectFault(
  value: Record<string, unknown>,
  schema: Schema,
  root: Schema,
  at: string,
): string | undefined {
  const { properties = {}, required = [], additionalProperties } = schema;
  const path = (key: string) => (at === '' ? key : `${at}.${key}`);
  const missing = required.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) return `${path(missing)} is missing`;
  for (const [key, each] of Object.entries(value)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (own === undefined && additionalProperties === false) return `${path(key)} is unknown`;
    const fault = own && schemaFault(each, own, root, path(key));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The API's types in a compact form: what decoding, patching and OpenAPI need to know of each field. */
export interface Schema {
  /** By the name of client-node's model: `V1ServicePort`. */
  readonly types: Readonly<Record<string, ObjectType>>;
}

export interface ObjectType {
  /** Its name in Go and in OpenAPI: `ServicePort`. */
  readonly name: string;
  /** `io.k8s.api.core.v1` */
  readonly pkg: string;
  readonly description: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Its protobuf form, where it has one. */
  readonly wire?: Wire;
}

/** What each field number of a protobuf message is: a field, or a message whose fields belong to this very object. */
export type Wire = Readonly<
  Record<string, WireField | { readonly inline: Readonly<Record<string, WireField>> }>
>;

export interface WireField {
  readonly name: string;
  /** Go has a pointer here, or no `omitempty`: zero is a value, not an absence. */
  readonly keepsZero?: boolean;
}

export interface Field {
  /** A scalar, `ref:V1Pod`, `list:…` or `map:…` (keys are strings). */
  readonly type: string;
  readonly description: string;
  readonly required?: boolean;
  /** How a strategic merge patch treats the field: `merge`, `retainKeys`, `merge,retainKeys`. */
  readonly strategy?: string;
  readonly mergeKey?: string;
  /** The name of Go's own string type, where errors show it: `v1.ServiceType`. */
  readonly goType?: string;
}

export type Scalar =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'intOrString'
  | 'quantity'
  | 'time'
  | 'microTime'
  | 'byte'
  | 'any';

/** A type taken apart one step. */
export type Shape =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'object'; readonly type: ObjectType }
  | { readonly kind: 'list'; readonly item: string }
  | { readonly kind: 'map'; readonly item: string };

/** What a field's `type` says. Throws RangeError for a type the schema does not hold. */
export function shapeOf(schema: Schema, type: string): Shape {
  const colon = type.indexOf(':');
  if (colon < 0) return { kind: 'scalar', scalar: type as Scalar };
  const [head, rest] = [type.slice(0, colon), type.slice(colon + 1)];
  if (head === 'list' || head === 'map') return { kind: head, item: rest };
  return { kind: 'object', type: typeNamed(schema, rest) };
}

/** The type of a model. Throws RangeError when the schema lacks it. */
export function typeNamed(schema: Schema, model: string): ObjectType {
  const type = schema.types[model];
  if (!type) throw new RangeError(`the schema has no type ${model}`);
  return type;
}

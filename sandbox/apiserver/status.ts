import type { FieldError } from './validation/field-error.ts';

/** A kind's place in messages: `deployments.apps`, `services`. */
export interface GroupResource {
  readonly group: string;
  readonly plural: string;
}

interface Cause {
  reason?: string;
  message?: string;
  field?: string;
}

interface Details {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: Cause[];
  retryAfterSeconds?: number;
}

export interface StatusBody {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: Details;
  readonly code?: number;
}

/** A request that ends with a `Status` of failure; its texts are those of k8s.io/apimachinery/pkg/api/errors. */
export class Refusal extends Error {
  readonly code: number;
  readonly status: StatusBody;

  constructor(code: number, reason: string, message: string, details?: Details) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason && { reason }),
      ...(details && { details }),
      code,
    };
  }
}

/** `deployments.apps`; a resource of the core group by its plural alone. */
export function qualified({ group, plural }: GroupResource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function detailsOf({ group, plural }: GroupResource, name: string): Details {
  return { ...(name && { name }), ...(group && { group }), kind: plural };
}

/** 404: no object of that name. */
export const notFound = (resource: GroupResource, name: string): Refusal =>
  new Refusal(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));

/** 404: nothing is served at that path. */
export const noSuchResource = (): Refusal =>
  new Refusal(404, 'NotFound', 'the server could not find the requested resource', {});

/** 405: the path has no such verb. */
export const methodNotAllowed = (): Refusal => {
  const message = 'the server does not allow this method on the requested resource';
  return new Refusal(405, 'MethodNotAllowed', message, {});
};

/** 409: the name is taken. */
export const alreadyExists = (resource: GroupResource, name: string): Refusal =>
  new Refusal(
    409,
    'AlreadyExists',
    `${qualified(resource)} "${name}" already exists`,
    detailsOf(resource, name),
  );

/** 409: the object is not as the request expects it. */
export const conflict = (resource: GroupResource, name: string, why: string): Refusal => {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
  return new Refusal(409, 'Conflict', message, detailsOf(resource, name));
};

export const modified =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 400: the request cannot be understood. */
export const badRequest = (message: string): Refusal => new Refusal(400, 'BadRequest', message);

/** 401: nobody knows who asks. */
export const unauthorized = (): Refusal => new Refusal(401, 'Unauthorized', 'Unauthorized');

/** 403: who asks may not, or nobody may now. */
export const forbidden = (resource: GroupResource, name: string, why: string, causes?: Cause[]): Refusal => {
  const target = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  const details = { ...detailsOf(resource, name), ...(causes && { causes }) };
  return new Refusal(403, 'Forbidden', `${target} is forbidden: ${why}`, details);
};

/** 410: the version asked for is forgotten; the client must list anew. */
export const expired = (message: string): Refusal => new Refusal(410, 'Expired', message);

/** 500, without a reason, as Kubernetes answers errors that are no Status. */
export const internalError = (message: string): Refusal => new Refusal(500, '', message);

/** 415: the body is of a type that nobody reads here. */
export const unsupportedMediaType = (message: string): Refusal =>
  new Refusal(415, 'UnsupportedMediaType', message);

/** 422: what is wrong with which field. `kind` is the kind's name, not the plural. */
export const invalid = (
  { group, kind }: { group: string; kind: string },
  name: string,
  errors: readonly FieldError[],
): Refusal => {
  const texts = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const label = group === '' || kind === '' ? kind : `${kind}.${group}`;
  return new Refusal(422, 'Invalid', `${label} "${name}" is invalid: ${list}`, {
    ...(name && { name }),
    ...(group && { group }),
    ...(kind && { kind }),
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  });
};

/** What is answered where there is no object to answer with. */
export const success = (details?: Details, code?: number): StatusBody => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  ...(details && { details }),
  ...(code !== undefined && { code }),
});

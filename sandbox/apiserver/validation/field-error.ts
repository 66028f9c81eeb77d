/** What is wrong with one field, in the words of Kubernetes' `field.Error` (k8s.io/apimachinery/pkg/util/validation/field). */
export interface FieldError {
  /** `FieldValueRequired`, `FieldValueInvalid`, `FieldValueDuplicate`, `FieldValueForbidden`, … */
  reason: string;
  field: string;
  /** The whole sentence behind the field: `Invalid value: "123_abc": a lowercase …`. */
  message: string;
}

const at = (reason: string, field: string, message: string): FieldError => ({ reason, field, message });

/** The field is missing or empty. */
export const required = (field: string, detail = ''): FieldError => {
  return at('FieldValueRequired', field, join('Required value', detail));
};

/** The value is malformed or does not fit the others. */
export const invalid = (field: string, value: unknown, detail: string): FieldError => {
  return at('FieldValueInvalid', field, join(`Invalid value: ${quote(value)}`, detail));
};

/** The value is there twice, and must be there once. */
export const duplicate = (field: string, value: unknown): FieldError => {
  return at('FieldValueDuplicate', field, `Duplicate value: ${quote(value)}`);
};

/** The field may not be set here, or not be changed. */
export const forbidden = (field: string, detail: string): FieldError => {
  return at('FieldValueForbidden', field, join('Forbidden', detail));
};

/** The value is none of the words that there are. */
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => {
  const list = supported.map((entry) => JSON.stringify(entry)).join(', ');
  return at('FieldValueNotSupported', field, `Unsupported value: ${quote(value)}: supported values: ${list}`);
};

/** The value names something that is not there. */
export const notFound = (field: string, value: unknown): FieldError => {
  return at('FieldValueNotFound', field, `Not found: ${quote(value)}`);
};

/** The list is longer than `max` items. */
export const tooMany = (field: string, actual: number, max: number): FieldError => {
  return at('FieldValueTooMany', field, `Too many: ${actual}: must have at most ${max} items`);
};

/** The server could not tell whether the value is right. */
export const internal = (field: string, detail: string): FieldError => {
  return at('InternalError', field, join('Internal error', detail));
};

/** The text is longer than `max` bytes. */
export const tooLong = (field: string, max: number): FieldError => {
  return at('FieldValueTooLong', field, `Too long: may not be more than ${max} bytes`);
};

function join(head: string, detail: string): string {
  return detail === '' ? head : `${head}: ${detail}`;
}

/** As Go prints it: strings quoted, numbers and booleans bare, the rest as JSON with `<`, `>` and `&` escaped. */
function quote(value: unknown): string {
  if (value === undefined) return 'null';
  const text = JSON.stringify(value);
  return typeof value === 'object' ? text.replace(/[<>&]/g, escapeForHtml) : text;
}

function escapeForHtml(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What is wrong with one field, in the words of Kubernetes' `field.Error` (k8s.io/apimachinery/pkg/util/validation/field). */
export interface FieldError {
  /** `FieldValueRequired`, `FieldValueInvalid`, `FieldValueDuplicate`, `FieldValueForbidden`, … */
  reason: string;
  field: string;
  /** The whole sentence behind the field: `Invalid value: "123_abc": a lowercase …`. */
  message: string;
}

const at = (reason: string, field: string, message: string): FieldError => ({ reason, field, message });

export const required = (field: string, detail = ''): FieldError => {
  return at('FieldValueRequired', field, join('Required value', detail));
};

export const invalid = (field: string, value: unknown, detail: string): FieldError => {
  return at('FieldValueInvalid', field, join(`Invalid value: ${quote(value)}`, detail));
};

export const duplicate = (field: string, value: unknown): FieldError => {
  return at('FieldValueDuplicate', field, `Duplicate value: ${quote(value)}`);
};

export const forbidden = (field: string, detail: string): FieldError => {
  return at('FieldValueForbidden', field, join('Forbidden', detail));
};

export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => {
  const list = supported.map((entry) => JSON.stringify(entry)).join(', ');
  return at('FieldValueNotSupported', field, `Unsupported value: ${quote(value)}: supported values: ${list}`);
};

export const tooLong = (field: string, max: number): FieldError => {
  return at('FieldValueTooLong', field, `Too long: may not be more than ${max} bytes`);
};

function join(head: string, detail: string): string {
  return detail === '' ? head : `${head}: ${detail}`;
}

/** As Go prints it: strings quoted, numbers and booleans bare, the rest as JSON. */
function quote(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}

import { badRequest, invalid } from '../status.ts';
import { type FieldError, notSupported } from '../validation/field-error.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
}

/** Reads `dryRun` and `fieldValidation`. Throws Refusal 422, with the name of the verb's options, for other values. */
export function writeOptions(
  query: URLSearchParams,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
): WriteOptions {
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  const fieldValidation = query.get('fieldValidation') || 'Warn';
  const errors: FieldError[] = [];
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  if (!isFieldValidation(fieldValidation)) {
    errors.push(notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  if (errors.length > 0 || !isFieldValidation(fieldValidation)) throw badOptions(kind, errors);
  return { dryRun: dryRun.length > 0, fieldValidation };
}

/** 422 for wrong options of a verb. */
export function badOptions(kind: string, errors: readonly FieldError[]): Error {
  return invalid({ group: 'meta.k8s.io', kind }, '', errors);
}

function isFieldValidation(value: string): value is FieldValidation {
  return value === 'Strict' || value === 'Warn' || value === 'Ignore';
}

/** A whole number among the query's parameters. Throws Refusal 400 as Go's strconv words it. */
export function integerOption(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^-?\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

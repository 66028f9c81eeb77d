import type { FieldError } from '../../validation/field-error.ts';
import { invalid, required } from '../../validation/field-error.ts';
import { qualifiedName } from '../../validation/labels.ts';
import { parseQuantity } from '../quantity.ts';
import type { Resources } from './object.ts';

/** Limits and requests of a container (core/validation validateResourceRequirements). */
export function validateResources({ limits = {}, requests = {} }: Resources, field: string): FieldError[] {
  return [
    ...Object.entries(limits).flatMap(([name, amount]) =>
      amountErrors(name, amount, `${field}.limits[${name}]`),
    ),
    ...Object.entries(requests).flatMap(([name, amount]) => [
      ...amountErrors(name, amount, `${field}.requests[${name}]`),
      ...relationErrors(name, amount, limits[name], field),
    ]),
  ];
}

function amountErrors(name: string, amount: string, field: string): FieldError[] {
  const errors = qualifiedName(name).map((reason) => invalid(field, name, reason));
  errors.push(...nameErrors(name, field, errors.length === 0));
  const milli = parseQuantity(amount)?.milli ?? 0n;
  if (milli < 0n) errors.push(invalid(field, amount, 'must be greater than or equal to 0'));
  if (name.includes('/') && milli % 1000n !== 0n) errors.push(invalid(field, amount, 'must be an integer'));
  return errors;
}

const computed = ['cpu', 'memory', 'ephemeral-storage'];
const standard = [
  ...computed,
  'storage',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
];

function nameErrors(name: string, field: string, qualified: boolean): FieldError[] {
  if (name.includes('/') || computed.includes(name) || name.startsWith('hugepages-')) return [];
  const wrong = invalid(field, name, 'must be a standard resource for containers');
  if (!qualified || standard.includes(name)) return [wrong];
  return [invalid(field, name, 'must be a standard resource type or fully qualified'), wrong];
}

/** A request within its limit; what cannot be overcommitted must have both alike. */
function relationErrors(
  name: string,
  request: string,
  limit: string | undefined,
  field: string,
): FieldError[] {
  const overcommitted = !name.includes('/') && !name.startsWith('hugepages-');
  if (limit === undefined) {
    return overcommitted
      ? []
      : [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')];
  }
  const difference = (parseQuantity(request)?.milli ?? 0n) - (parseQuantity(limit)?.milli ?? 0n);
  const must = overcommitted ? 'less than or equal to' : 'equal to';
  if (difference === 0n || (overcommitted && difference < 0n)) return [];
  return [invalid(`${field}.requests`, request, `must be ${must} ${name} limit of ${limit}`)];
}

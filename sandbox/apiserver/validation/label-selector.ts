import type { LabelSelector } from '../../../lib/kube/selector.ts';
import type { FieldError } from './field-error.ts';
import { forbidden, invalid, required } from './field-error.ts';
import { labelValue, validateLabelName, validateLabels } from './labels.ts';

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** What is wrong with a selector (k8s.io/apimachinery/pkg/apis/meta/v1/validation ValidateLabelSelector). */
export function validateLabelSelector(selector: LabelSelector, field: string): FieldError[] {
  return [
    ...validateLabels(selector.matchLabels, `${field}.matchLabels`),
    ...(selector.matchExpressions ?? []).flatMap((requirement, index) =>
      requirementErrors(requirement, `${field}.matchExpressions[${index}]`),
    ),
  ];
}

function requirementErrors(
  { key = '', operator = '', values = [] }: Partial<Requirement>,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    const reason = "must be specified when `operator` is 'In' or 'NotIn'";
    if (values.length === 0) errors.push(required(`${field}.values`, reason));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const reason = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    if (values.length > 0) errors.push(forbidden(`${field}.values`, reason));
  } else {
    errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  }
  const bad = values.flatMap((value, index) =>
    labelValue(value).map((reason) => invalid(`${field}.values[${index}]`, value, reason)),
  );
  return [...errors, ...validateLabelName(key, `${field}.key`), ...bad];
}

/** A selector with its keys in the order in which Kubernetes prints them. */
export function canonicalSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): LabelSelector {
  return {
    ...(Object.keys(matchLabels).length > 0 ? { matchLabels: sortedByKey(matchLabels) } : {}),
    ...(matchExpressions.length > 0 ? { matchExpressions } : {}),
  };
}

/** The same labels in the order of their keys. */
export function sortedByKey(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** `app=web,tier in (a,b),!old` in the order of the keys, as tables show it. */
export function formatSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...matchExpressions.map((requirement) => ({ key: requirement.key, text: expression(requirement) })),
  ];
  const order = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : Number(a.key > b.key));
  return parts
    .toSorted(order)
    .map(({ text }) => text)
    .join(',');
}

function expression({ key, operator, values = [] }: Requirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator.toLowerCase()} (${values.toSorted().join(',')})`;
}

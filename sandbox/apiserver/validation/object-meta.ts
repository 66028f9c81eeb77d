import type { ObjectMeta, OwnerReference } from '../kinds/kind.ts';
import { semanticEqual, validateImmutable } from './equal.ts';
import type { FieldError } from './field-error.ts';
import { forbidden, invalid, required } from './field-error.ts';
import { qualifiedName, validateAnnotations, validateLabels } from './labels.ts';
import type { NameRule } from './names.ts';
import { dnsLabel, dnsSubdomain, maskTrailingDash } from './names.ts';
import { validateNonnegative } from './numbers.ts';

/**
 * What is wrong with the metadata of a new object, names already generated
 * (k8s.io/apimachinery/pkg/api/validation ValidateObjectMeta).
 */
export function validateObjectMeta(
  meta: ObjectMeta,
  { namespaced, nameRule = dnsSubdomain }: { namespaced: boolean; nameRule?: NameRule | undefined },
): FieldError[] {
  const prefix = meta.generateName;
  return [
    ...(prefix ? nameRule(maskTrailingDash(prefix)) : []).map((reason) =>
      invalid('metadata.generateName', prefix, reason),
    ),
    ...nameErrors(meta, nameRule),
    ...namespaceErrors(meta, namespaced),
    ...validateNonnegative(meta.generation, 'metadata.generation'),
    ...validateLabels(meta.labels, 'metadata.labels'),
    ...validateAnnotations(meta.annotations, 'metadata.annotations'),
    ...ownerErrors(meta.ownerReferences ?? []),
    ...finalizerErrors(meta.finalizers ?? []),
  ];
}

function nameErrors(meta: ObjectMeta, nameRule: NameRule): FieldError[] {
  if (!meta.name) return [required('metadata.name', 'name or generateName is required')];
  return nameRule(meta.name).map((reason) => invalid('metadata.name', meta.name, reason));
}

function namespaceErrors({ namespace }: ObjectMeta, namespaced: boolean): FieldError[] {
  const field = 'metadata.namespace';
  if (!namespaced) return namespace ? [forbidden(field, 'not allowed on this type')] : [];
  if (!namespace) return [required(field)];
  return dnsLabel(namespace).map((reason) => invalid(field, namespace, reason));
}

function ownerErrors(owners: readonly OwnerReference[]): FieldError[] {
  const field = 'metadata.ownerReferences';
  const empty = (name: keyof OwnerReference, value: string, reason = 'must not be empty') =>
    value ? [] : [invalid(`${field}.${name}`, value, reason)];
  const errors = owners.flatMap((owner) => [
    ...empty('apiVersion', owner.apiVersion, 'version must not be empty'),
    ...empty('kind', owner.kind),
    ...empty('name', owner.name),
    ...empty('uid', owner.uid),
    ...(owner.apiVersion === 'v1' && owner.kind === 'Event'
      ? [invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner')]
      : []),
  ]);
  const [first, ...others] = owners.filter((owner) => owner.controller === true);
  if (!first) return errors;
  const name = (owner: OwnerReference) => `${owner.kind}/${owner.name}`;
  const text = `Only one reference can have Controller set to true. Found "true" in references for ${name(first)} and`;
  return [...errors, ...others.map((other) => invalid(field, owners, `${text} ${name(other)}`))];
}

function finalizerErrors(finalizers: readonly string[]): FieldError[] {
  const field = 'metadata.finalizers';
  const errors = [
    ...finalizers.flatMap((name) => qualifiedName(name).map((reason) => invalid(field, name, reason))),
    ...plainFinalizerErrors(finalizers),
  ];
  if (!finalizers.includes('orphan') || !finalizers.includes('foregroundDeletion')) return errors;
  return [
    ...errors,
    invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'),
  ];
}

/** Without a prefix there are only Kubernetes' own. */
function plainFinalizerErrors(finalizers: readonly string[]): FieldError[] {
  const standard = ['kubernetes', 'orphan', 'foregroundDeletion'];
  const reason = 'name is neither a standard finalizer name nor is it fully qualified';
  return finalizers.flatMap((name, index) =>
    name.includes('/') || standard.includes(name)
      ? []
      : [invalid(`metadata.finalizers[${index}]`, name, reason)],
  );
}

/** What is wrong with changed metadata (ValidateObjectMetaUpdate); `old` is the stored one. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  return [
    ...newFinalizerErrors(meta, old),
    ...(meta.resourceVersion
      ? []
      : [invalid('metadata.resourceVersion', '', 'must be specified for an update')]),
    ...fixed.flatMap((name) => validateImmutable(meta[name], old[name], `metadata.${name}`)),
    ...validateLabels(meta.labels, 'metadata.labels'),
    ...validateAnnotations(meta.annotations, 'metadata.annotations'),
    ...plainFinalizerErrors(meta.finalizers ?? []),
    ...(semanticEqual(meta.ownerReferences, old.ownerReferences)
      ? []
      : ownerErrors(meta.ownerReferences ?? [])),
  ];
}

const fixed = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

function newFinalizerErrors(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  if (!old.deletionTimestamp) return [];
  const added = (meta.finalizers ?? []).filter((name) => !old.finalizers?.includes(name)).toSorted();
  if (added.length === 0) return [];
  const list = added.map((name) => JSON.stringify(name)).join(', ');
  const reason = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  return [forbidden('metadata.finalizers', reason)];
}

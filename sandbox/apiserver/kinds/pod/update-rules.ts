import { semanticEqual, validateImmutable } from '../../validation/equal.ts';
import type { FieldError } from '../../validation/field-error.ts';
import { forbidden, invalid, required } from '../../validation/field-error.ts';
import { validateRange } from '../../validation/numbers.ts';
import type { Container, PodObject, PodSpec } from './object.ts';
import { specDifference } from './spec-difference.ts';
import { validatePodSpec } from './spec-rules.ts';

/** A running pod can hardly be changed (core/validation ValidatePodUpdate). */
export function validatePodUpdate({ spec }: PodObject, { spec: old }: PodObject): FieldError[] {
  const errors = validatePodSpec(spec, 'spec');
  for (const list of ['containers', 'initContainers'] as const) {
    const field = `spec.${list}`;
    if ((spec[list] ?? []).length !== (old[list] ?? []).length) {
      return [...errors, forbidden(field, 'pod updates may not add or remove containers')];
    }
    errors.push(...imageErrors(spec[list] ?? [], field));
  }
  const deadline = deadlineErrors(spec.activeDeadlineSeconds, old.activeDeadlineSeconds);
  errors.push(...deadline, ...removedTolerations(spec, old));
  const munged = withChangeable(spec, old);
  if (deadline.length > 0 || semanticEqual(munged, old)) return errors;
  const text = `pod updates may not change fields other than ${changeable.join(',')}\n${specDifference(old, munged)}`;
  return [...errors, forbidden('spec', text)];
}

const changeable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
];

function imageErrors(containers: readonly Container[], field: string): FieldError[] {
  return containers.flatMap(({ image = '' }, index) => {
    if (image === '') return [required(`${field}[${index}].image`)];
    const reason = 'must not have leading or trailing whitespace';
    return image.trim() === image ? [] : [invalid(`${field}[${index}].image`, image, reason)];
  });
}

function deadlineErrors(now: number | undefined, before: number | undefined): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (now === undefined) {
    const reason = 'must not update from a positive integer to nil value';
    return before === undefined ? [] : [invalid(field, undefined, reason)];
  }
  const errors = validateRange(now, 0, 2_147_483_647, field);
  if (errors.length > 0 || before === undefined || now <= before) return errors;
  return [invalid(field, now, 'must be less than or equal to previous value')];
}

function removedTolerations(spec: PodSpec, old: PodSpec): FieldError[] {
  const plain = (entry: object) => ({ ...entry, tolerationSeconds: undefined });
  const kept = (old.tolerations ?? []).every((before) =>
    (spec.tolerations ?? []).some((now) => semanticEqual(plain(now), plain(before))),
  );
  if (kept) return [];
  const reason = 'existing toleration can not be modified except its tolerationSeconds';
  return [forbidden('spec.tolerations', reason)];
}

/** The new spec with everything as before that may change. */
function withChangeable(spec: PodSpec, old: PodSpec): PodSpec {
  const images = (containers: readonly Container[], before: readonly Container[]) =>
    containers.map((container, index) => {
      const image = before[index]?.image;
      return image === undefined ? container : { ...container, image };
    });
  const munged: PodSpec = { ...spec, containers: images(spec.containers ?? [], old.containers ?? []) };
  if (spec.initContainers) munged.initContainers = images(spec.initContainers, old.initContainers ?? []);
  for (const field of ['activeDeadlineSeconds', 'tolerations', 'schedulingGates'] as const) {
    if (old[field] === undefined) delete munged[field];
    else Object.assign(munged, { [field]: old[field] });
  }
  const relaxed = (old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  if (relaxed) Object.assign(munged, { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds });
  return munged;
}

/** The QoS class is fixed; a pod that ended and may not restart does not start again. */
export function validatePodStatus({ spec, status }: PodObject, { status: old }: PodObject): FieldError[] {
  const errors = validateImmutable(status.qosClass, old.qosClass, 'status.qosClass');
  if (spec.restartPolicy === 'Always') return errors;
  const restarted = (old.containerStatuses ?? []).filter(({ name, state }) => {
    const ended = state?.terminated;
    if (!ended || (ended.exitCode !== 0 && spec.restartPolicy === 'OnFailure')) return false;
    return status.containerStatuses?.some((now) => now.name === name && !now.state?.terminated);
  });
  return [
    ...errors,
    ...restarted.map(({ name }) => {
      const index = status.containerStatuses?.findIndex((now) => now.name === name) ?? 0;
      const field = `status.containerStatuses[${index}].state`;
      return forbidden(field, 'may not be transitioned to non-terminated state');
    }),
  ];
}

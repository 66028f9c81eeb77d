import type { CoreV1Event, Wire } from '../../../lib/kube/types.ts';
import type { FieldError } from '../validation/field-error.ts';
import { invalid, required } from '../validation/field-error.ts';
import { qualifiedName } from '../validation/labels.ts';
import { age, nameColumn, textColumn } from './column.ts';
import { defineKind } from './define.ts';
import type { StoredObject } from './kind.ts';
import { dropZero } from './zero.ts';

type EventObject = StoredObject & Omit<Wire<CoreV1Event>, 'metadata' | 'apiVersion' | 'kind'>;

const wide = { wide: true };

export const event = defineKind<EventObject>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  categories: [],
  namespaced: true,
  model: 'CoreV1Event',
  subresources: [],
  columns: [
    textColumn(
      'Last Seen',
      'The time at which the most recent occurrence of this event was recorded.',
      lastSeen,
    ),
    textColumn(
      'Type',
      'Type of this event (Normal, Warning), new types could be added in the future',
      ({ type }) => type ?? '',
    ),
    textColumn(
      'Reason',
      "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
      ({ reason }) => reason ?? '',
    ),
    textColumn('Object', 'The object that this event is about.', objectName),
    textColumn(
      'Subobject',
      'If referring to a piece of an object instead of an entire object, this string should contain a valid JSON/Go field access statement, such as desiredState.manifest.containers[2]. For example, if the object reference is to a container within a pod, this would take on a value like: "spec.containers{name}" (where "name" refers to the name of the container that triggered the event) or if no container name is specified "spec.containers[2]" (container with index 2 in this pod). This syntax is chosen only to have some well-defined way of referencing a part of an object.',
      ({ involvedObject }) => involvedObject.fieldPath ?? '',
      wide,
    ),
    textColumn(
      'Source',
      'The component reporting this event. Should be a short machine understandable string.',
      sourceName,
      wide,
    ),
    textColumn('Message', 'A human-readable description of the status of this operation.', ({ message }) =>
      (message ?? '').trim(),
    ),
    textColumn(
      'First Seen',
      'The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)',
      firstSeen,
      wide,
    ),
    textColumn(
      'Count',
      'The number of times this event has occurred.',
      ({ series, count }) => series?.count ?? (count || 1),
      wide,
    ),
    { ...nameColumn, priority: 1 },
  ],
  selectable: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? '',
    source: ({ source, reportingComponent }) => source?.component || (reportingComponent ?? ''),
    type: ({ type }) => type ?? '',
  },
  hasGeneration: false,
  validateName: pathSegment,
  setDefaults(object) {
    // Kubernetes writes these out even when nobody set them.
    for (const field of ['firstTimestamp', 'lastTimestamp', 'eventTime'] as const) {
      object[field] ??= null as unknown as string;
    }
    object.source ??= {};
    object.reportingComponent ??= '';
    object.reportingInstance ??= '';
    object.involvedObject ??= {};
    dropZero(
      object.involvedObject,
      'apiVersion',
      'kind',
      'name',
      'namespace',
      'uid',
      'resourceVersion',
      'fieldPath',
    );
    dropZero(object.source, 'component', 'host');
    dropZero(object as EventObject, 'count', 'reason', 'message', 'type', 'action');
  },
  validate: validateEvent,
  validateUpdate: validateEvent,
});

/** Event names come from machines: anything that fits in a path will do. */
function pathSegment(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((sign) => name.includes(sign)).map((sign) => `may not contain '${sign}'`);
}

/** Old events must lie in the namespace of their object, new ones (with an eventTime) name their reporter. */
function validateEvent(object: EventObject): FieldError[] {
  const field = 'involvedObject.namespace';
  const { namespace = '' } = object.metadata;
  const { namespace: involved = '' } = object.involvedObject;
  const mismatch = [invalid(field, involved, 'does not match event.namespace')];
  if (!object.eventTime) {
    const fits = involved === '' ? namespace === '' || namespace === 'default' : involved === namespace;
    return fits ? [] : mismatch;
  }
  const anywhere = namespace === 'default' || namespace === 'kube-system';
  return [...(involved === '' && !anywhere ? mismatch : []), ...reporterErrors(object)];
}

function reporterErrors(object: EventObject): FieldError[] {
  const { reportingComponent = '' } = object;
  const errors: FieldError[] = [];
  if (!reportingComponent) errors.push(required('reportingComponent'));
  errors.push(
    ...qualifiedName(reportingComponent).map((reason) =>
      invalid('reportingComponent', reportingComponent, reason),
    ),
  );
  for (const name of ['reportingInstance', 'action', 'reason'] as const) {
    const value = object[name] ?? '';
    if (!value) errors.push(required(name));
    if (value.length > 128) errors.push(invalid(name, '', 'can have at most 128 characters'));
  }
  if ((object.message ?? '').length > 1024) {
    errors.push(invalid('message', '', 'can have at most 1024 characters'));
  }
  return errors;
}

function firstSeen(object: EventObject, now: number): string {
  return age(object.firstTimestamp || object.eventTime, now);
}

function lastSeen(object: EventObject, now: number): string {
  if (object.series) return age(object.series.lastObservedTime, now);
  return object.lastTimestamp ? age(object.lastTimestamp, now) : firstSeen(object, now);
}

function objectName({ involvedObject }: EventObject): string {
  const kind = (involvedObject.kind ?? '').toLowerCase();
  return involvedObject.name ? `${kind}/${involvedObject.name}` : kind;
}

function sourceName({ source, reportingComponent, reportingInstance }: EventObject): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance || '';
  return instance ? `${component}, ${instance}` : component;
}

import type { Column, StoredObject } from './kind.ts';

/** The text of `kubectl explain`, as kube-apiserver repeats it in every table. */
const nameText =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';
const ageText =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

export const nameColumn: Column<StoredObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: nameText,
  priority: 0,
  cell: (object) => object.metadata.name,
};

export const ageColumn: Column<StoredObject> = {
  name: 'Age',
  type: 'string',
  description: ageText,
  priority: 0,
  cell: (object, now) => age(object.metadata.creationTimestamp, now),
};

/** A column whose cells are text or, as Kubernetes has it in places, a bare number under the type `string`. */
export function textColumn<T extends StoredObject>(
  name: string,
  description: string,
  cell: (object: T, now: number) => string | number,
  { wide = false, type = 'string' }: { wide?: boolean; type?: 'string' | 'integer' } = {},
): Column<T> {
  return { name, type, description, priority: wide ? 1 : 0, cell };
}

/** Time since `timestamp` (RFC 3339) as kubectl shows ages; `<unknown>` without one. */
export function age(timestamp: string | undefined, now: number): string {
  return timestamp ? humanDuration(Math.trunc((now - Date.parse(timestamp)) / 1000)) : '<unknown>';
}

const [minute, hour, day, year] = [60, 3600, 86_400, 365 * 86_400];

/** A span in seconds in at most two units (k8s.io/apimachinery/pkg/util/duration HumanDuration). */
export function humanDuration(seconds: number): string {
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * minute) return `${seconds}s`;
  if (seconds < 10 * minute) return two(seconds, minute, 'm', 1, 's');
  if (seconds < 3 * hour) return `${Math.trunc(seconds / minute)}m`;
  if (seconds < 8 * hour) return two(seconds, hour, 'h', minute, 'm');
  if (seconds < 48 * hour) return `${Math.trunc(seconds / hour)}h`;
  if (seconds < 8 * day) return two(seconds, day, 'd', hour, 'h');
  if (seconds < 2 * year) return `${Math.trunc(seconds / day)}d`;
  if (seconds < 8 * year) return two(seconds, year, 'y', day, 'd');
  return `${Math.trunc(seconds / year)}y`;
}

function two(seconds: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.trunc((seconds % big) / small);
  const head = `${Math.trunc(seconds / big)}${bigName}`;
  return rest === 0 ? head : `${head}${rest}${smallName}`;
}

/** `a=1,b=2` sorted by key, or `<none>`. */
export function formatLabels(labels: Record<string, string> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.toSorted().join(',');
}

import type { KubeObject } from '../types.ts';

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object with its own text in the annotation that `kubectl apply` keeps: JSON, keys sorted, one newline at the end. */
export function withLastApplied<T extends KubeObject>(object: T): T {
  const { [annotation]: _old, ...annotations } = object.metadata?.annotations ?? {};
  const plain = { ...object, metadata: { ...object.metadata, annotations } };
  return withAnnotations(plain, { ...annotations, [annotation]: `${JSON.stringify(sorted(plain))}\n` });
}

/** What was applied last, or an empty object when the object was made in another way. */
export function lastApplied(object: KubeObject): unknown {
  const text = object.metadata?.annotations?.[annotation];
  return text === undefined ? {} : (JSON.parse(text) as unknown);
}

function withAnnotations<T extends KubeObject>(object: T, annotations: Record<string, string>): T {
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]),
  );
}

import type { StoredObject } from '../kinds/kind.ts';

/** An object's metadata alone. */
export function partial({ metadata }: StoredObject): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

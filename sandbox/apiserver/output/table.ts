import type { Kind, StoredObject } from '../kinds/kind.ts';
import { partial } from './partial.ts';

export interface TableOptions {
  /** What each row carries of its object: `None`, `Metadata` (the default) or `Object`. */
  readonly includeObject: string;
  /** Later events of a watch leave the columns out: they are known. */
  readonly headers: boolean;
  readonly now: number;
}

export interface ListMeta {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

/** Objects as kubectl shows them: one row each, cells by the kind's columns (meta.k8s.io/v1 Table). */
export function tableOf(
  kind: Kind,
  objects: readonly StoredObject[],
  metadata: ListMeta,
  { includeObject, headers, now }: TableOptions,
): unknown {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: headers
      ? kind.columns.map(({ name, type, format = '', description, priority }) => {
          return { name, type, format, description, priority };
        })
      : null,
    rows: objects.map((object) => ({
      cells: kind.columns.map((column) => column.cell(object, now)),
      object: rowObject(object, includeObject),
    })),
  };
}

function rowObject(object: StoredObject, includeObject: string): unknown {
  if (includeObject === 'Object') return object;
  return includeObject === 'None' ? null : partial(object);
}

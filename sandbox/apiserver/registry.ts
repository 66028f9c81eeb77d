import type { Kind, StoredObject } from './kinds/kind.ts';

/** The kinds that a server knows, by their places. */
export interface Registry {
  readonly all: readonly Kind[];
  at(group: string, version: string, plural: string): Kind | undefined;
  byPlural(plural: string): Kind | undefined;
  /** True for a kind that is registered, with its apiVersion. */
  knows(apiVersion: string, kind: string): boolean;
}

/** Indexes the kinds. */
export function createRegistry(kinds: readonly Kind[]): Registry {
  const places = new Map(kinds.map((kind) => [`${kind.group}/${kind.version}/${kind.plural}`, kind]));
  const plurals = new Map(kinds.map((kind) => [kind.plural, kind]));
  const names = new Set(kinds.map((kind) => `${apiVersionOf(kind)} ${kind.kind}`));
  return {
    all: kinds,
    at: (group, version, plural) => places.get(`${group}/${version}/${plural}`),
    byPlural: (plural) => plurals.get(plural),
    knows: (apiVersion, kind) => names.has(`${apiVersion} ${kind}`),
  };
}

/** `v1`, `apps/v1`. */
export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** What a stored object of the kind has in front: it may have been stored with other words. */
export function typeMetaOf(kind: Kind): Pick<StoredObject, 'kind' | 'apiVersion'> {
  return { kind: kind.kind, apiVersion: apiVersionOf(kind) };
}

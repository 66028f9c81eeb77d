import type { Kind, StoredObject } from './kind.ts';

/**
 * A kind as the generic path sees it. The path hands a kind's rules only objects whose shape was checked against
 * the kind's own schema, so the narrower type inside is safe.
 */
export function defineKind<T extends StoredObject>(kind: Kind<T>): Kind {
  return kind as unknown as Kind;
}

import type { Kind, StoredObject } from '../kinds/kind.ts';
import { badRequest } from '../status.ts';

/** Tells whether an object meets a selector such as `spec.nodeName=a,status.phase!=Running`. Throws Refusal 400. */
export function parseFieldSelector(kind: Kind, text: string): (object: StoredObject) => boolean {
  const terms = text
    .split(/(?<!\\),/)
    .filter((term) => term !== '')
    .map((term) => parseTerm(kind, term));
  return (object) => terms.every((meets) => meets(object));
}

function parseTerm(kind: Kind, term: string): (object: StoredObject) => boolean {
  const [, path = '', operator = '', escaped = ''] = /^([^=!]*)(==|!=|=)(.*)$/s.exec(term) ?? [];
  if (operator === '') throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const value = escaped.replace(/\\([\\,=])/g, '$1');
  const read = readerOf(kind, path);
  return (object) => (read(object) === value) !== (operator === '!=');
}

function readerOf(kind: Kind, path: string): (object: StoredObject) => string {
  if (path === 'metadata.name') return (object) => object.metadata.name;
  if (path === 'metadata.namespace' && kind.namespaced) return (object) => object.metadata.namespace ?? '';
  const read = Object.hasOwn(kind.selectable, path) ? kind.selectable[path] : undefined;
  if (read) return read;
  throw badRequest(
    Object.keys(kind.selectable).length > 0
      ? `field label not supported: ${path}`
      : `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}

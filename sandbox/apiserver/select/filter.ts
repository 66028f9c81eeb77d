import type { RequestInfo } from '../http/request-info.ts';
import type { Kind, StoredObject } from '../kinds/kind.ts';
import { parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector } from './label-selector.ts';

/** What namespace, labelSelector and fieldSelector of a request let through. Throws Refusal 400. */
export function filterOf(kind: Kind, info: RequestInfo): (object: StoredObject) => boolean {
  const labels = parseLabelSelector(info.query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(kind, info.query.get('fieldSelector') ?? '');
  const namespace = kind.namespaced ? info.namespace : '';
  return (object) => {
    if (namespace !== '' && object.metadata.namespace !== namespace) return false;
    return labels(object.metadata.labels) && fields(object);
  };
}

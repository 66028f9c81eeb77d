import type { Call } from '../api.ts';
import { type Form, negotiate } from '../http/accept.ts';
import type { Answer } from '../http/respond.ts';
import type { StoredObject } from '../kinds/kind.ts';
import { apiVersionOf } from '../registry.ts';
import { partial } from './partial.ts';
import { type ListMeta, tableOf } from './table.ts';

/** The form that the request's `Accept` header asks for. Throws Refusal 406. */
export function formOf({ request }: Call): Form {
  return negotiate(request.headers.accept);
}

/** One object, in the form that was asked for. */
export function objectAnswer(
  call: Call,
  object: StoredObject,
  { code = 200, warnings = [] }: { code?: number; warnings?: readonly string[] } = {},
): Answer {
  const form = formOf(call);
  const { resourceVersion } = object.metadata;
  const body =
    form.as === 'Table'
      ? tableOf(call.kind, [object], { resourceVersion }, tableOptions(call))
      : form.as === 'PartialObjectMetadata'
        ? partial(object)
        : object;
  return { code, body, encoding: form.encoding, warnings };
}

/** Many objects, in the form that was asked for. */
export function listAnswer(call: Call, objects: readonly StoredObject[], metadata: ListMeta): Answer {
  const form = formOf(call);
  return { code: 200, body: listBody(call, form, objects, metadata), encoding: form.encoding };
}

function listBody(call: Call, form: Form, objects: readonly StoredObject[], metadata: ListMeta): unknown {
  const { kind } = call;
  if (form.as === 'Table') return tableOf(kind, objects, metadata, tableOptions(call));
  if (form.as !== '') {
    const apiVersion = 'meta.k8s.io/v1';
    return { kind: 'PartialObjectMetadataList', apiVersion, metadata, items: objects.map(partial) };
  }
  const items = objects.map(({ kind: _kind, apiVersion: _apiVersion, ...rest }) => rest);
  return { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items };
}

/** How much of each object a table is to hold, and whether it has column titles. */
export function tableOptions({ info, api }: Call, headers = true) {
  return { includeObject: info.query.get('includeObject') ?? 'Metadata', headers, now: api.now() };
}

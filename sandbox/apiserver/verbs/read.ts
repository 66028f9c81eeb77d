import type { Call, Outcome } from '../api.ts';
import type { StoredObject } from '../kinds/kind.ts';
import { listAnswer, objectAnswer } from '../output/represent.ts';
import { filterOf } from '../select/filter.ts';
import { badRequest, notFound, Refusal } from '../status.ts';
import { keyOfObject } from '../store/table.ts';
import { continueToken, expiredList, readContinue } from './continue.ts';
import { checkListOptions } from './list-options.ts';
import { integerOption } from './options.ts';

/** One object. Throws Refusal 404. */
export function getObject({ api, kind, info }: Pick<Call, 'api' | 'kind' | 'info'>): StoredObject {
  const object = api.store.get(kind.plural, kind.namespaced ? info.namespace : undefined, info.name);
  if (!object) throw notFound(kind, info.name);
  return object;
}

/** One object, in the form that was asked for. Throws Refusal 404. */
export function get(call: Call): Outcome {
  return objectAnswer(call, getObject(call));
}

/**
 * The objects that the selectors let through; `limit` at a time, and then all pages show the state of the first one.
 * Throws Refusal 400 and 422 for bad options, 410 when that state is forgotten, 504 for a revision still to come.
 */
export function list(call: Call): Outcome {
  const { api, kind, info } = call;
  checkListOptions(info.query, 'list');
  integerOption(info.query, 'timeoutSeconds');
  const filter = filterOf(kind, info);
  const token = readContinue(info.query.get('continue'));
  const limit = integerOption(info.query, 'limit') ?? 0;
  const revision = token?.revision ?? exactRevision(call) ?? api.store.revision;
  const all =
    revision === api.store.revision ? api.store.all(kind.plural) : api.store.allAt(kind.plural, revision);
  if (!all) throw expiredList(token);
  const start = token ? all.findIndex((object) => keyOfObject(object) > token.after) : 0;
  const matching = start < 0 ? [] : all.slice(start).filter(filter);
  const page = limit > 0 ? matching.slice(0, limit) : matching;
  const rest = matching.length - page.length;
  const end = page.at(-1);
  return listAnswer(call, page, {
    resourceVersion: String(revision),
    ...(rest > 0 && end && { continue: continueToken(revision, keyOfObject(end)), remainingItemCount: rest }),
  });
}

/** The revision that `resourceVersion` insists on; undefined when the latest state will do. */
function exactRevision({ api, info }: Call): number | undefined {
  const text = info.query.get('resourceVersion') ?? '';
  if (text === '' || text === '0') return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`invalid resource version: ${badVersion(text)}`);
  const wanted = Number(text);
  if (wanted > api.store.revision) throw tooLarge(wanted, api.store.revision);
  return info.query.get('resourceVersionMatch') === 'Exact' ? wanted : undefined;
}

/** What Go says of a resource version that is no number. */
export function badVersion(text: string): string {
  const value = JSON.stringify(text);
  return `resourceVersion: Invalid value: ${value}: strconv.ParseUint: parsing ${value}: invalid syntax`;
}

function tooLarge(wanted: number, current: number): Refusal {
  const message = `Timeout: Too large resource version: ${wanted}, current: ${current}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return new Refusal(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });
}

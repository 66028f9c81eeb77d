import { isTrue } from '../http/request-info.ts';
import { type FieldError, forbidden, notSupported } from '../validation/field-error.ts';
import { badOptions } from './options.ts';

/** Checks which list options go together (apimachinery: internalversion/validation). Throws Refusal 422. */
export function checkListOptions(query: URLSearchParams, verb: 'list' | 'watch'): void {
  const errors = matchErrors(query, verb);
  if (errors.length > 0) throw badOptions('ListOptions', errors);
}

function matchErrors(query: URLSearchParams, verb: 'list' | 'watch'): FieldError[] {
  const match = query.get('resourceVersionMatch') ?? '';
  const version = query.get('resourceVersion') ?? '';
  const initial = query.has('sendInitialEvents');
  if (verb === 'watch') return watchErrors(initial, match);
  if (initial) return [forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')];
  if (match === '') return [];
  if (version === '')
    return [forbiddenMatch('resourceVersionMatch is forbidden unless resourceVersion is provided')];
  if (query.get('continue'))
    return [forbiddenMatch('resourceVersionMatch is forbidden when continue is provided')];
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    return [notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', ''])];
  }
  if (match === 'Exact' && version === '0') {
    return [forbiddenMatch('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')];
  }
  return [];
}

function watchErrors(initial: boolean, match: string): FieldError[] {
  if (initial && match !== 'NotOlderThan') {
    return [forbiddenMatch('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')];
  }
  if (!initial && match !== '') {
    return [
      forbiddenMatch('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
    ];
  }
  return [];
}

function forbiddenMatch(detail: string): FieldError {
  return forbidden('resourceVersionMatch', detail);
}

/** True when a watch is to begin with all objects as they are (KEP-3157). */
export function wantsInitialEvents(query: URLSearchParams): boolean {
  return isTrue(query.get('sendInitialEvents'));
}

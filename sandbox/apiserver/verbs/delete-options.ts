import { messageOf } from '../../../lib/errors.ts';
import { decodeObject } from '../decode/object.ts';
import { parseBody } from '../decode/syntax.ts';
import type { Schema } from '../schema/schema.ts';
import { badRequest } from '../status.ts';
import { notSupported } from '../validation/field-error.ts';
import { badOptions, integerOption } from './options.ts';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan' | undefined;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } | undefined;
  readonly dryRun: boolean;
}

/** Reads DeleteOptions from a request's body, or from its query when there is none. Throws Refusal 400, 415 or 422. */
export function readDeleteOptions(
  schema: Schema,
  body: Buffer,
  contentType: string | undefined,
  query: URLSearchParams,
): DeleteOptions {
  const given = body.length === 0 ? fromQuery(query) : fromBody(schema, body, contentType);
  const policy = policyOf(given);
  if (policy !== undefined && !isPolicy(policy)) {
    const error = notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']);
    throw badOptions('DeleteOptions', [error]);
  }
  const dryRun = given.dryRun ?? query.getAll('dryRun');
  if (dryRun.some((value) => value !== 'All')) {
    throw badOptions('DeleteOptions', [notSupported('dryRun', dryRun, ['All'])]);
  }
  const { gracePeriodSeconds, preconditions } = given;
  return { gracePeriodSeconds, preconditions, propagationPolicy: policy, dryRun: dryRun.length > 0 };
}

interface Given {
  gracePeriodSeconds?: number | undefined;
  propagationPolicy?: string | undefined;
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

function fromQuery(query: URLSearchParams): Given {
  const gracePeriodSeconds = integerOption(query, 'gracePeriodSeconds');
  return { gracePeriodSeconds, propagationPolicy: query.get('propagationPolicy') ?? undefined };
}

function fromBody(schema: Schema, body: Buffer, contentType: string | undefined): Given {
  const value = parseBody(schema, body, contentType, { kind: 'DeleteOptions', model: 'V1DeleteOptions' });
  try {
    return decodeObject(schema, 'V1DeleteOptions', value).object as Given;
  } catch (error) {
    throw badRequest(messageOf(error));
  }
}

/** `orphanDependents` is the old word for the policy. */
function policyOf({ propagationPolicy, orphanDependents }: Given): string | undefined {
  if (propagationPolicy !== undefined || orphanDependents === undefined) return propagationPolicy;
  return orphanDependents ? 'Orphan' : 'Background';
}

function isPolicy(value: string): value is 'Foreground' | 'Background' | 'Orphan' {
  return value === 'Foreground' || value === 'Background' || value === 'Orphan';
}

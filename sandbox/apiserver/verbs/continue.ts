import { badRequest, expired, type Refusal } from '../status.ts';

/** Where a list goes on: after which key, in which state of the store. */
export interface Continue {
  readonly revision: number;
  readonly after: string;
}

/** The token for a next page. */
export function continueToken(revision: number, after: string): string {
  return Buffer.from(JSON.stringify({ v: 'workshop/v1', revision, after })).toString('base64url');
}

/** What a token says; undefined without one. Throws Refusal 400 for one that we did not make. */
export function readContinue(token: string | null): Continue | undefined {
  if (!token) return undefined;
  try {
    const { v, revision, after } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as {
      v: string;
    } & Continue;
    if (v === 'workshop/v1' && Number.isInteger(revision)) return { revision, after };
  } catch {
    // Not JSON: refused below like any other token that is not ours.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

/** 410 for a list whose state is forgotten. */
export function expiredList(token: Continue | undefined): Refusal {
  if (!token) return expired('The resourceVersion for the provided list is too old.');
  return expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
  );
}

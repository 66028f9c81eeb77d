import type { Status } from './types.ts';

/** The API server's refusal of a request, with the `Status` that it sent. */
export class ApiError extends Error {
  readonly code: number;
  readonly status: Status;

  constructor(code: number, status: Status) {
    super(status.message ?? `the API server answered ${code}`);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

/** The object, its namespace or its kind is not there (404). */
export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 404;
}

/** The object changed since it was read (409, reason Conflict). */
export function isConflict(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 409 && thrown.status.reason === 'Conflict';
}

/** An object of that name is already there (409, reason AlreadyExists). */
export function isAlreadyExists(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 409 && thrown.status.reason === 'AlreadyExists';
}

/** The resource version asked for is too old to be watched from (410, reason Expired or Gone). */
export function isExpired(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 410;
}

/**
 * Who has to act on a failure; each class of it has one exit code.
 *
 * - `checks` 1: the state of the cluster is not yet what a check expects
 * - `usage` 2: a command line or a setting is wrong
 * - `environment` 3: the machine lacks something, or the cluster is down
 * - `timeout` 4: something was progressing but did not get there in time
 * - `bug` 5: a fault of the workshop itself
 */
export type Fault = 'checks' | 'usage' | 'environment' | 'timeout' | 'bug';

export const exitCodes: Readonly<Record<Fault, number>> = {
  checks: 1,
  usage: 2,
  environment: 3,
  timeout: 4,
  bug: 5,
};

/** A failure told to the user in one sentence: *could not X: Y. Try Z.* No stack trace is ever printed for it. */
export class WorkshopError extends Error {
  readonly fault: Fault;
  readonly advice: string | undefined;

  constructor(fault: Fault, message: string, options: { advice?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'WorkshopError';
    this.fault = fault;
    this.advice = options.advice;
  }
}

/** The text of anything that was thrown, without a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** True for what an aborted `AbortSignal` makes Node's own functions throw. */
export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || codeOf(thrown) === 'ABORT_ERR');
}

/** The `code` of a Node.js system error (`ENOENT`, `ECONNREFUSED`, …), if it has one. */
export function codeOf(thrown: unknown): string | undefined {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

import { CheckFailure, type Finding, findingOf } from '../../labs/check-failure.ts';
import { codeOf, isAbort, messageOf, WorkshopError } from '../../lib/errors.ts';
import { ExecError } from '../../lib/exec.ts';
import { ApiError } from '../../lib/kube/api-error.ts';
import type { CheckResult } from './results.ts';

/** What an error that ended a check means for its result. `look` is the check's own place to look. */
export function judge(thrown: unknown, look: string): Pick<CheckResult, 'outcome' | 'finding' | 'fault'> {
  const finding = findingOf(thrown) ?? findingInDisguise(thrown);
  if (finding) return { outcome: 'failed', finding: { ...finding, look: finding.look ?? look } };
  const message = messageOf(thrown);
  const kind = isEnvironment(thrown) ? 'environment' : 'bug';
  return { outcome: 'broken', fault: { message: kind === 'bug' ? placeOf(thrown, message) : message, kind } };
}

/** The API refused, or a shell did not come to be: the cluster is not as the claim needs it. */
function findingInDisguise(thrown: unknown): Finding | undefined {
  if (thrown instanceof ApiError && thrown.code < 500) {
    return { expected: 'the API server to agree', observed: thrown.message };
  }
  if (thrown instanceof ExecError || (thrown instanceof WorkshopError && thrown.fault === 'timeout')) {
    return { expected: 'the command to end in time', observed: thrown.message };
  }
  return undefined;
}

function isEnvironment(thrown: unknown): boolean {
  if (thrown instanceof ApiError || isAbort(thrown)) return true;
  if (thrown instanceof WorkshopError) return thrown.fault !== 'bug';
  return /^(E[A-Z]+|CERT_|UND_|ERR_TLS)/.test(codeOf(thrown) ?? '');
}

/** A fault of a check is mended by its author, who wants to know the line. */
function placeOf(thrown: unknown, message: string): string {
  const line =
    thrown instanceof Error ? thrown.stack?.split('\n').find((text) => text.includes('    at ')) : undefined;
  return line === undefined ? message : `${message} (${line.trim()})`;
}

/** The failure of a check whose time is up. */
export function tooSlow(ms: number, seen: string): CheckFailure {
  return new CheckFailure({
    expected: `an end within ${ms / 1000} s`,
    observed: seen === '' ? 'none' : `none; so far ${seen}`,
  });
}

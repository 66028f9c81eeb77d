import { codeOf, exitCodes, type Fault, messageOf, WorkshopError } from '../../lib/errors.ts';
import { ExecError } from '../../lib/exec.ts';
import type { Terminal } from './command-line.ts';

/** Tells the user of a failure, on stderr and with `--json` on stdout too; returns the exit code. */
export function report(error: unknown, argv: readonly string[], { stdout, stderr }: Terminal): number {
  const fault = faultOf(error);
  const code = exitCodes[fault];
  const message = textOf(error, fault);
  const advice = adviceFor(error);
  stderr.write(`${message.replace(/([.?])?\n*$/, (_, end?: string) => end ?? '.')}\n`);
  if (advice) stderr.write(`Try: ${advice}\n`);
  if (argv.includes('--json')) {
    stdout.write(`${JSON.stringify({ error: { code, id: fault, message, advice } }, null, 2)}\n`);
  }
  if (argv.includes('-v') || argv.includes('--verbose')) stderr.write(`${details(error)}\n`);
  return code;
}

function faultOf(error: unknown): Fault {
  if (error instanceof WorkshopError) return error.fault;
  if (error instanceof ExecError) return error.kind === 'timeout' ? 'timeout' : 'environment';
  return environmentCodes.has(codeOf(error) ?? '') ? 'environment' : 'bug';
}

/** Connections are made to the cluster alone. */
const awayCodes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'];

/** System errors that speak of the machine, not of a mistake of ours. */
const environmentCodes = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', ...awayCodes]);

function isAway(error: unknown): boolean {
  return awayCodes.includes(codeOf(error) ?? '');
}

function adviceFor(error: unknown): string | undefined {
  if (error instanceof WorkshopError) return error.advice;
  return isAway(error) ? 'workshop status' : undefined;
}

function textOf(error: unknown, fault: Fault): string {
  const message = messageOf(error);
  if (isAway(error)) return `could not reach the API server: ${message}`;
  if (fault !== 'bug') return message.startsWith('could not') ? message : `could not go on: ${message}`;
  return `${message}\nThis is a fault of the workshop itself; -v shows where`;
}

function details(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause =
    error instanceof Error && error.cause !== undefined ? `\ncaused by ${details(error.cause)}` : '';
  return stack + cause;
}

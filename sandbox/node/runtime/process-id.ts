import { readFileSync } from 'node:fs';

/** A process that cannot be taken for a later one with the same number. */
export interface ProcessId {
  pid: number;
  /** Clock ticks from boot to its start: field 22 of /proc/PID/stat, proc(5). */
  start: string;
}

/** The identity of a running process, or undefined when there is none of that number. */
export function identify(pid: number): ProcessId | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const start = fields[19];
    return start === undefined || state === 'Z' || state === 'X' ? undefined : { pid, start };
  } catch {
    return undefined;
  }
}

/** True while that very process runs, and not a later one with its id. */
export function isAlive(process: ProcessId): boolean {
  return identify(process.pid)?.start === process.start;
}

/** Sends a signal unless the process is gone; true if it was there. */
export function signalProcess(target: ProcessId, signal: NodeJS.Signals): boolean {
  if (!isAlive(target)) return false;
  try {
    return process.kill(target.pid, signal);
  } catch {
    return false;
  }
}

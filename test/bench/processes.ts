import { readdirSync, readFileSync } from 'node:fs';

/** The process ids below a process, itself included. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const parent = Number(statField(entry, 1));
    if (Number.isNaN(parent)) continue;
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Proportional set size of all the processes together, in MB (proc(5), smaps_rollup). */
export function proportionalMegabytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + pss(pid), 0) / 1000;
}

/**
 * Processor time that the processes have used so far, and children of theirs that have ended, in seconds (100 ticks each,
 * sysconf(_SC_CLK_TCK) on Linux; fields utime, stime, cutime and cstime of proc(5)).
 */
export function cpuSeconds(pids: readonly number[]): number {
  const fields = [11, 12, 13, 14];
  return pids.reduce((sum, pid) => sum + fields.reduce((own, field) => own + ticks(pid, field), 0) / 100, 0);
}

function ticks(pid: number, field: number): number {
  return Number(statField(String(pid), field)) || 0;
}

function pss(pid: number): number {
  try {
    const [, kilobytes = '0'] =
      /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kilobytes) * 1.024;
  } catch {
    return 0;
  }
}

/** Field of /proc/PID/stat, counted from the one behind the command's name (0: state, 1: parent). */
function statField(pid: string, field: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[field];
  } catch {
    return undefined;
  }
}

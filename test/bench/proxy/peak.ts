import { readFileSync } from 'node:fs';

/** Watches a process and its children, 50 times a second. The result gives the most memory they had resident at once, in bytes. */
export function watchPeak(pid: number): () => number {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, resident(pid));
  }, 20);
  timer.unref();
  return () => {
    clearInterval(timer);
    return most;
  };
}

function resident(pid: number): number {
  const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + resident(Number(child)), own);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

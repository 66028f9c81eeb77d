import { relative } from 'node:path';
import type { Runner } from 'mocha';

/** Follows a run and tells afterwards which files took longest, hooks included: `12 s test/…`, at most `count` lines. */
export function watchSlowest(runner: Runner, count: number): () => string[] {
  const seconds = new Map<string, number>();
  let last = performance.now();
  const spend = (file: string | undefined) => {
    const now = performance.now();
    if (file) seconds.set(file, (seconds.get(file) ?? 0) + (now - last) / 1000);
    last = now;
  };
  runner.on('suite', (suite) => spend(suite.file));
  runner.on('test end', (test) => spend(test.file));
  runner.on('suite end', (suite) => spend(suite.file));
  return () =>
    [...seconds]
      .sort(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([file, time]) => `${time.toFixed(0).padStart(5)} s ${relative('.', file)}`);
}

import { demand } from '../check-failure.ts';
import type { Lab } from '../lab.ts';

/** The environment variables in a pod whose names match, sorted, as `NAME=value`. */
export async function variablesIn(lab: Lab, pod: string, name: RegExp): Promise<string[]> {
  const { stdout, stderr, exitCode } = await lab.inPod(pod, ['printenv']);
  demand(exitCode === 0, { expected: `printenv to run in ${pod}`, observed: stderr.trim() });
  return stdout
    .split('\n')
    .filter((line) => name.test(line.split('=')[0] ?? ''))
    .sort();
}

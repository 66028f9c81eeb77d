import type { Lab } from '../lab.ts';

/** The environment variables in a pod whose names match, sorted, as `NAME=value`. */
export async function variablesIn(lab: Lab, pod: string, name: RegExp): Promise<string[]> {
  const { stdout } = await lab.inPod(pod, ['printenv']);
  return stdout
    .split('\n')
    .filter((line) => name.test(line.split('=')[0] ?? ''))
    .sort();
}

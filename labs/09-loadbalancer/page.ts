import type { Lab } from '../lab.ts';
import type { Answer } from '../steps/requests.ts';

/** Gets a page that says nothing of the pod. One answer; `by` is its first words, undefined when none came. */
export async function pageAt(lab: Lab, pod: string, url: string): Promise<Answer[]> {
  const { stdout, stderr, exitCode } = await lab.inPod(pod, ['timeout', '3', 'wget', '-q', '-O', '-', url]);
  const text = exitCode === 0 ? stdout : stderr;
  return [{ by: exitCode === 0 ? stdout.slice(0, 40) : undefined, text, at: 0 }];
}

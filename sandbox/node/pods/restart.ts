import type { Container } from './pod.ts';
import { isSidecar } from './pod.ts';
import type { ContainerExit } from './record.ts';

/** Whether a container that ended is to be started again, by the pod's restartPolicy. */
export function shouldRestart(
  policy: string | undefined,
  container: Container,
  exit: ContainerExit,
  role: 'init' | 'main',
): boolean {
  if (isSidecar(container)) return true;
  if (role === 'init') return exit.exitCode !== 0 && policy !== 'Never';
  if (policy === 'Never') return false;
  return policy === 'OnFailure' ? exit.exitCode !== 0 : true;
}

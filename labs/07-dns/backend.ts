import type { Lab } from '../lab.ts';
import { ensureClient } from '../steps/ensure.ts';
import { applyPagePods } from '../steps/page-pods.ts';
import { type Pod, readyPods } from '../steps/pods.ts';

export const selector = { app: 'MyApp' };

/** The pods behind the documents' `my-service`, which serve ports 9376 and 9377, and the pod debug. */
export async function backend(lab: Lab): Promise<Pod[]> {
  const ports = [{ number: 9376 }, { number: 9377 }];
  await applyPagePods(lab, 'my-app', { labels: selector, replicas: 2, ports });
  const [pods] = await Promise.all([readyPods(lab, 'app=MyApp', 2), ensureClient(lab)]);
  return pods;
}

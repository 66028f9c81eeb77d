import { resources } from '../../lib/kube/resources.ts';
import type { Lab } from '../lab.ts';
import { find } from '../steps/ensure.ts';
import { remove } from '../steps/objects.ts';
import { isReady, type Pod } from '../steps/pods.ts';
import { type Look, until } from '../steps/until.ts';

/** What a pod may be given beside the image and the command. */
export interface ClientOptions {
  env?: { name: string; value: string }[];
  enableServiceLinks?: boolean;
}

/** Deletes a pod and waits until its name is free. */
export async function removePod(lab: Lab, name: string): Promise<void> {
  await remove(lab, resources.pods, name);
  await until(
    lab,
    async (): Promise<Look<true>> =>
      (await find(lab, resources.pods, name)) === undefined ? { found: true } : { yet: 'it is terminating' },
    { expected: `the pod ${name} to be gone` },
  );
}

/** Starts an idle busybox in place of the pod of that name, if there is one; resolves when it is ready. */
export async function freshClient(lab: Lab, name: string, options: ClientOptions = {}): Promise<void> {
  await removePod(lab, name);
  const { env, enableServiceLinks } = options;
  const container = {
    name: 'client',
    image: 'docker.io/busybox:1.36',
    command: ['sleep', '86400'],
    ...(env && { env }),
  };
  const pod: Pod = {
    metadata: { name, namespace: lab.namespace },
    spec: {
      containers: [container],
      terminationGracePeriodSeconds: 0,
      ...(enableServiceLinks !== undefined && { enableServiceLinks }),
    },
  };
  await lab.client.create(resources.pods, pod, { signal: lab.signal });
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const now = await find<Pod>(lab, resources.pods, name);
      return now && isReady(now) ? { found: true } : { yet: now?.status?.phase ?? 'no pod' };
    },
    { expected: `the pod ${name} to be ready` },
  );
}

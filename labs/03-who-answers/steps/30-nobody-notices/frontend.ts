import { isNotFound } from '../../../../lib/kube/api-error.ts';
import { resources } from '../../../../lib/kube/resources.ts';
import type { Lab } from '../../../lab.ts';
import { ensure, find } from '../../../steps/ensure.ts';
import { remove } from '../../../steps/objects.ts';
import type { Pod } from '../../../steps/pods.ts';
import { type Look, until } from '../../../steps/until.ts';
import { webserverService } from '../../../steps/webservers.ts';

const [name, file] = ['frontend', '/tmp/requests'];

/** Starts the pod `frontend` anew: it asks the Service by its name five times a second and writes down who answered, or FAILED. */
export async function restartFrontend(lab: Lab): Promise<void> {
  await remove(lab, resources.pods, name);
  await until(
    lab,
    async (): Promise<Look<true>> => {
      return (await find(lab, resources.pods, name)) === undefined ? { found: true } : { yet: 'the old one' };
    },
    { expected: `the old pod ${name} to be gone` },
  );
  await ensure(lab, resources.pods, frontendPod());
  await until(
    lab,
    async (): Promise<Look<true>> => {
      return (await frontendLines(lab)).length > 0 ? { found: true } : { yet: 'no answer yet' };
    },
    { expected: `the pod ${name} to get answers` },
  );
}

/** What the frontend wrote, oldest first; nothing where it does not run. */
export async function frontendLines(lab: Lab): Promise<string[]> {
  const result = await lab.inPod(name, ['cat', file]).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  return result?.exitCode === 0 ? result.stdout.split('\n').filter((line) => line !== '') : [];
}

/** It begins to write when it has had its first answer: a proxy may hear of the Service a moment later. */
const script = `ask() { timeout 2 wget -q -O - "$1" 2>/dev/null | sed -n 's/.*Hello, *\\([^< ]*\\).*/\\1/p'; }
until [ -n "$(ask "$1")" ]; do sleep 0.1; done
while :; do
  answer=$(ask "$1")
  echo "\${answer:-FAILED}" | tee -a "$2"
  sleep 0.2
done`;

function frontendPod(): Pod {
  return {
    metadata: { name, labels: { run: name } },
    spec: {
      containers: [
        {
          name,
          image: 'docker.io/busybox:1.36',
          command: ['sh', '-c', script, 'sh', `http://${webserverService}:8080`, file],
        },
      ],
      terminationGracePeriodSeconds: 0,
    },
  };
}

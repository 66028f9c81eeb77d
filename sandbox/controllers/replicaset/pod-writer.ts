import { messageOf } from '../../../lib/errors.ts';
import { isNotFound } from '../../../lib/kube/api-error.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { keyOf } from '../../../lib/kube/informer.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { inBatches } from '../batches.ts';
import type { Doomed } from '../doomed.ts';
import { nameOf, namespaceOf, type Pod, type ReplicaSet, uidOf } from '../objects.ts';
import type { Recorder } from '../recorder.ts';
import { isNamespaceTerminating } from '../terminating.ts';
import type { Written } from '../written.ts';
import { podFromTemplate } from './pod-from-template.ts';

/** Why pods could not be made or removed: the text of the condition ReplicaFailure. */
export interface Failure {
  reason: 'FailedCreate' | 'FailedDelete';
  message: string;
}

type Result = Promise<{ error: unknown; why: Failure } | undefined>;

export interface PodWriter {
  create(replicaSet: ReplicaSet, count: number): Result;
  remove(replicaSet: ReplicaSet, pods: readonly Pod[]): Result;
}

/** Makes and removes pods in a ReplicaSet's name, with the events and the book-keeping that belong to it. */
export function createPodWriter(parts: {
  client: Client;
  recorder: Recorder;
  written: Written;
  doomed: Doomed;
}): PodWriter {
  const { client, recorder, written, doomed } = parts;
  const say = (object: ReplicaSet, type: 'Normal' | 'Warning', reason: string, message: string) =>
    recorder.event({ resource: resources.replicaSets, object }, type, reason, message);

  async function createOne(replicaSet: ReplicaSet, pod: Pod): Promise<void> {
    const created = await client.create<Pod>(resources.pods, pod);
    written.note(keyOf(replicaSet), created);
    say(replicaSet, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(created)}`);
  }

  async function removeOne(replicaSet: ReplicaSet, pod: Pod): Promise<void> {
    doomed.add(uidOf(pod));
    const ref = { namespace: namespaceOf(pod), name: nameOf(pod) };
    await client.delete(resources.pods, ref, { uid: uidOf(pod) }).catch((error: unknown) => {
      doomed.delete(uidOf(pod));
      if (!isNotFound(error)) throw error;
    });
    say(replicaSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`);
  }

  async function attempt(replicaSet: ReplicaSet, kind: 'Create' | 'Delete', action: () => Promise<void>) {
    try {
      await action();
      return undefined;
    } catch (error) {
      if (isNamespaceTerminating(error)) return undefined;
      const doing = kind === 'Create' ? 'creating' : 'deleting';
      const why: Failure = { reason: `Failed${kind}`, message: messageOf(error) };
      say(replicaSet, 'Warning', why.reason, `Error ${doing}: ${why.message}`);
      return { error, why };
    }
  }

  return {
    create(replicaSet, count) {
      const pod = podFromTemplate(replicaSet);
      const slots = Array.from({ length: count });
      return attempt(replicaSet, 'Create', () => inBatches(slots, () => createOne(replicaSet, pod)));
    },
    remove: (replicaSet, pods) =>
      attempt(replicaSet, 'Delete', () => inBatches(pods, (pod) => removeOne(replicaSet, pod))),
  };
}

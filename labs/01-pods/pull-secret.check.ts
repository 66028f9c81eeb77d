import { expect } from 'chai';
import { isNotFound } from '../../lib/kube/api-error.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { CoreV1Event, Wire } from '../../lib/kube/types.ts';
import type { Check, Lab } from '../lab.ts';
import { isReady, podsWith } from '../steps/pods.ts';
import { type Look, until } from '../steps/until.ts';

type Event = Wire<CoreV1Event>;

export const pullSecret: Check = {
  claims: ['L-02'],
  title: 'the pods run although the pull secret they name is missing, and an event warns of it',
  look: 'kubectl describe pod, its events and its image pull secrets',
  async run(lab) {
    const pods = await podsWith(lab, 'app=webserver');
    for (const pod of pods) {
      const secrets = pod.spec?.imagePullSecrets?.map(({ name }) => name);
      expect(secrets, `pull secrets of ${pod.metadata?.name}`).to.deep.equal(['regcred']);
    }
    expect(await secretExists(lab), 'a secret regcred exists').to.equal(false);
    expect(pods.filter(isReady).length, 'ready pods').to.equal(3);
    const event = await warning(lab);
    lab.seen(`3 pods run; event ${event.type} ${event.reason}`);
  },
};

async function secretExists(lab: Lab): Promise<boolean> {
  const ref = { namespace: lab.namespace, name: 'regcred' };
  return lab.client.get(resources.secrets, ref, { signal: lab.signal }).then(
    () => true,
    (error: unknown) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );
}

function warning(lab: Lab): Promise<Event> {
  return until(
    lab,
    async (): Promise<Look<Event>> => {
      const { items } = await lab.client.list<Event>(resources.events, {
        namespace: lab.namespace,
        signal: lab.signal,
      });
      const found = items.find((event) => event.reason === 'FailedToRetrieveImagePullSecret');
      const reasons = [...new Set(items.map(({ reason }) => reason))].join(', ');
      return found ? { found } : { yet: `events with the reasons ${reasons || 'none'}` };
    },
    { expected: 'a Warning event FailedToRetrieveImagePullSecret about one of the pods', timeoutMs: 10_000 },
  );
}

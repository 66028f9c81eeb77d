import { expect } from 'chai';
import { isNotFound } from '../../lib/kube/api-error.ts';
import { resources } from '../../lib/kube/resources.ts';
import { CheckFailure, demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { ipOf, nameOf, type Pod, podsWith, readyPods } from '../steps/pods.ts';
import { type Look, until } from '../steps/until.ts';

export const replacedAddress: Check = {
  claims: ['L-03'],
  title: 'a replaced pod has another address, and the old one no longer answers',
  look: 'kubectl get pods --output wide, before and after kubectl delete pod',
  async run(lab) {
    const before = await podsWith(lab, 'app=webserver');
    const [victim] = before;
    demand(victim, { expected: 'a pod with the label app=webserver', observed: 'none' });
    await lab.client.delete(
      resources.pods,
      { namespace: lab.namespace, name: nameOf(victim) },
      { gracePeriodSeconds: 1, signal: lab.signal },
    );
    const after = await readyPods(lab, 'app=webserver', 3, { timeoutMs: 10_000 });
    const successor = after.find((pod) => !before.some((old) => nameOf(old) === nameOf(pod)));
    demand(successor, { expected: 'a new pod in place of the deleted one', observed: 'the old names' });
    expect(ipOf(successor), 'address of the new pod').not.to.equal(ipOf(victim));
    await gone(lab, victim);
    await silent(lab, ipOf(victim));
    lab.seen(`${ipOf(victim)} became ${ipOf(successor)}; the old address is silent`);
  },
};

/** Waits until the API knows the pod no longer. */
export async function gone(lab: Lab, pod: Pod): Promise<void> {
  const ref = { namespace: lab.namespace, name: nameOf(pod) };
  await until(
    lab,
    async (): Promise<Look<true>> => {
      try {
        await lab.client.get(resources.pods, ref, { signal: lab.signal });
        return { yet: 'the pod is still terminating' };
      } catch (error) {
        if (isNotFound(error)) return { found: true };
        throw error;
      }
    },
    { expected: `the pod ${nameOf(pod)} to be gone`, timeoutMs: 15_000 },
  );
}

/** Throws a CheckFailure when a web server answers at the address. */
export async function silent(lab: Lab, address: string): Promise<void> {
  const argv = ['timeout', '2', 'wget', '-q', '-O', '-', `http://${address}`];
  const { stdout, exitCode } = await lab.inPod('debug', argv);
  if (exitCode !== 0 && !stdout.includes('Hello')) return;
  throw new CheckFailure({ expected: `no answer at the old address ${address}`, observed: stdout.trim() });
}

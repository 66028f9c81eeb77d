import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { find } from '../../../steps/ensure.ts';
import { note, noted } from '../../../steps/notes.ts';
import { remove } from '../../../steps/objects.ts';
import type { Deployment } from '../../../steps/page-pods.ts';
import { ipOf, isReady, nameOf, type Pod, podsWith, readyPods } from '../../../steps/pods.ts';
import { shortName } from '../../../steps/requests.ts';
import { deletePod, scaleWebservers, webservers } from '../../../steps/webservers.ts';
import { gone, silent } from '../../replaced-address.check.ts';

const deployment = 'hostname-deployment';
const noteOfStart = 'pods-at-the-start';

export const aPodReplaced: Step = {
  id: '20-a-pod-replaced',
  claims: ['L-03'],
  look: 'kubectl get pods --output wide, and what it showed at the start of the step',
  links: [
    'document 001, "파드 IP 주소를 기반으로 애플리케이션 파드에 접근했을 때 문제점"',
    'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/',
  ],
  async setUp(lab) {
    const pods = await webservers(lab);
    await note(lab, noteOfStart, JSON.stringify(pods.map((pod) => [nameOf(pod), ipOf(pod)])));
  },
  async check(lab) {
    const { lost, fresh } = await change(lab);
    const [newcomer] = fresh;
    demand(newcomer && isReady(newcomer), {
      expected: 'a ready pod in place of the deleted one',
      observed: newcomer ? `${nameOf(newcomer)}, not ready` : 'none',
    });
    for (const [name, address] of lost) {
      demand(!fresh.some((pod) => ipOf(pod) === address), {
        expected: `another address than ${address}`,
        observed: `the address of ${name} once more`,
      });
    }
    await Promise.all(lost.map(([, address]) => silent(lab, address)));
    lab.seen(`${lost.map(([, address]) => address).join()} became ${fresh.map(ipOf).join()}`);
  },
  async solve(lab) {
    const [victim] = await webservers(lab);
    if (victim === undefined) return;
    await deletePod(lab, victim);
    await gone(lab, victim);
    await readyPods(lab, 'app=webserver', 3);
  },
  reset: (lab) => aPodReplaced.setUp(lab),
  mistakes: [
    { id: 'deployment-deleted', make: (lab) => remove(lab, resources.deployments, deployment) },
    {
      id: 'scaled-down',
      async make(lab) {
        await scaleWebservers(lab, 2);
        await readyPods(lab, 'app=webserver', 2);
      },
    },
  ],
  async prediction(lab) {
    const { lost, fresh } = await change(lab);
    if (fresh.some((pod) => ipOf(pod) === '')) return 3;
    return fresh.some((pod) => lost.some(([, address]) => address === ipOf(pod))) ? 1 : 2;
  },
};

interface Change {
  /** Name and address of the pods of the start that are no more. */
  lost: [string, string][];
  /** The pods that were not there at the start. */
  fresh: Pod[];
}

async function change(lab: Lab): Promise<Change> {
  const before = JSON.parse((await noted(lab, noteOfStart)) || '[]') as [string, string][];
  const current = await find<Deployment>(lab, resources.deployments, deployment);
  demand(current, {
    expected: `the Deployment ${deployment}, which replaces pods`,
    observed: 'it is gone, and its pods with it',
    mistake: 'deployment-deleted',
  });
  const replicas = current.spec?.replicas ?? 1;
  demand(replicas >= before.length, {
    expected: `a Deployment that keeps ${before.length} pods`,
    observed: `one that keeps ${replicas}, so nobody starts another`,
    mistake: 'scaled-down',
  });
  const pods = await podsWith(lab, 'app=webserver');
  const names = pods.map(nameOf);
  const lost = before.filter(([name]) => !names.includes(name));
  demand(lost.length > 0, {
    expected: 'one pod of the start gone',
    observed: `all are there still: ${names.map(shortName).join(', ')}`,
  });
  return { lost, fresh: pods.filter((pod) => !before.some(([name]) => name === nameOf(pod))) };
}

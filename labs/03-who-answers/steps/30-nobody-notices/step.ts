import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { note, noted } from '../../../steps/notes.ts';
import { remove } from '../../../steps/objects.ts';
import { endpointsAre, nameOf, podsWith, readyPods } from '../../../steps/pods.ts';
import { askFromPod, shortName } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { type Look, until } from '../../../steps/until.ts';
import {
  deletePod,
  restartWebservers,
  scaleWebservers,
  servedWebservers,
  webserverService,
} from '../../../steps/webservers.ts';
import { frontendLines, restartFrontend } from './frontend.ts';

const noteOfStart = 'backends-at-the-start';

export const nobodyNotices: Step = {
  id: '30-nobody-notices',
  claims: ['L-07', 'S-01'],
  look: 'kubectl logs frontend --tail 20; kubectl get pods --watch',
  links: [
    'document 000, "Services"; document 001, "ClusterIP 타입의 서비스", #5 and #6',
    'https://kubernetes.io/docs/tutorials/kubernetes-basics/update/update-intro/',
  ],
  async setUp(lab) {
    await remove(lab, resources.pods, 'sleepy');
    const pods = await servedWebservers(lab);
    await soon(lab, () => askFromPod(lab, 'debug', `http://${webserverService}:8080`));
    await restartFrontend(lab);
    await note(lab, noteOfStart, pods.map(nameOf).join());
  },
  async check(lab) {
    const lines = await frontendLines(lab);
    const failed = lines.filter((line) => line === 'FAILED').length;
    demand(failed === 0, {
      expected: 'not one failed request of the pod frontend',
      observed: `${failed} of ${lines.length} failed`,
      mistake: 'all-at-once',
    });
    const before = (await noted(lab, noteOfStart)).split(',');
    const pods = (await podsWith(lab, 'app=webserver')).map(nameOf);
    const old = pods.filter((name) => before.includes(name));
    demand(old.length === 0, {
      expected: 'three new backends, and none of the start',
      observed: `of the start there are still ${old.map(shortName).join(', ')}`,
      ...(old.length < before.length && { mistake: 'only-some' }),
    });
    expect(pods, 'pods with app=webserver').to.have.lengthOf(before.length);
    expect(lines.slice(-3), 'the last answers that the frontend got').to.satisfy(
      (last: string[]) => last.length > 0 && last.every((name) => pods.includes(name)),
    );
    lab.seen(`${lines.length} requests of the frontend, none failed; the backends are all new`);
  },
  async solve(lab) {
    if ((await frontendLines(lab)).includes('FAILED')) await nobodyNotices.setUp(lab);
    await restartWebservers(lab);
    await until(lab, () => onlyNew(lab), { expected: 'new backends only' });
    await endpointsAre(lab, webserverService, await readyPods(lab, 'app=webserver', 3));
    await until(lab, () => served(lab), { expected: 'answers of new backends' });
  },
  reset: (lab) => nobodyNotices.setUp(lab),
  mistakes: [
    {
      id: 'all-at-once',
      async make(lab) {
        await scaleWebservers(lab, 0);
        await until(lab, () => refused(lab), { expected: 'a failed request' });
        await scaleWebservers(lab, 3);
        await readyPods(lab, 'app=webserver', 3);
      },
    },
    {
      id: 'only-some',
      async make(lab) {
        const [first] = await podsWith(lab, 'app=webserver');
        if (first) await deletePod(lab, first);
      },
    },
  ],
  async prediction(lab) {
    const lines = await frontendLines(lab);
    const failed = lines.filter((line) => line === 'FAILED').length;
    if (failed === 0) return 1;
    return failed < lines.length / 2 ? 2 : 3;
  },
};

async function onlyNew(lab: Lab): Promise<Look<true>> {
  const before = (await noted(lab, noteOfStart)).split(',');
  const pods = (await podsWith(lab, 'app=webserver')).map(nameOf);
  const old = pods.filter((name) => before.includes(name)).length;
  return old === 0 && pods.length === 3 ? { found: true } : { yet: `${old} old of ${pods.length} pods` };
}

async function served(lab: Lab): Promise<Look<true>> {
  const pods = (await podsWith(lab, 'app=webserver')).map(nameOf);
  const last = (await frontendLines(lab)).slice(-3);
  return last.length > 0 && last.every((name) => pods.includes(name))
    ? { found: true }
    : { yet: last.map(shortName).join(', ') };
}

async function refused(lab: Lab): Promise<Look<true>> {
  const lines = await frontendLines(lab);
  return lines.includes('FAILED') ? { found: true } : { yet: `${lines.length} good answers` };
}

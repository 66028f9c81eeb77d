import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, find } from '../../../steps/ensure.ts';
import { applyManifest, remove, type Service } from '../../../steps/objects.ts';
import { endpointsAre, nameOf, podsWith } from '../../../steps/pods.ts';
import { type Answer, allAnswered, answersOf, askFromPod, describeAnswers } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { webserverService as name, webservers } from '../../../steps/webservers.ts';
import { tableRow } from '../../table-row.check.ts';

export const makeTheService: Step = {
  id: '10-make-the-service',
  claims: ['L-04', 'L-05', 'L-06'],
  look: `kubectl get service ${name}, its endpoints, and wget from the pod debug`,
  links: [
    'document 001, "ClusterIP 타입의 서비스"',
    'https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service',
  ],
  setUp: async (lab) => void (await webservers(lab)),
  async check(lab) {
    const service = await find<Service>(lab, resources.services, name);
    demand(service, { expected: `a Service ${name}`, observed: 'none of that name' });
    await foreseen(lab, service);
    await tableRow.run(lab);
    const pods = (await podsWith(lab, 'app=webserver')).map(nameOf);
    for (const host of [service.spec?.clusterIP, name]) {
      const answers = await soon(lab, () => ask(lab, host));
      allAnswered(answers, `to ${host}`);
      expect([...new Set(answersOf(answers))].sort(), `the pods that answered at ${host}`).to.deep.equal(
        pods,
      );
      lab.seen(describeAnswers(answers));
    }
  },
  async solve(lab) {
    await remove(lab, resources.services, name);
    await applyManifest(lab, name);
    await endpointsAre(lab, name, await podsWith(lab, 'app=webserver'));
  },
  reset: (lab) => remove(lab, resources.services, name),
  mistakes: [
    { id: 'selector-typo', make: (lab) => make(lab, 'webservers', 8080, 80) },
    { id: 'no-target-port', make: (lab) => make(lab, 'webserver', 8080) },
    { id: 'ports-swapped', make: (lab) => make(lab, 'webserver', 80, 8080) },
  ],
  async prediction(lab) {
    const service = await find<Service>(lab, resources.services, name);
    const answers = await soon(lab, () => ask(lab, service?.spec?.clusterIP));
    const different = new Set(answersOf(answers)).size;
    if (different === 0) return 3;
    return different === 1 ? 1 : 2;
  },
};

/** As many that, with a choice by chance, one of three pods is left out less than once in a hundred thousand runs. */
function ask(lab: Lab, host: string | undefined): Promise<Answer[]> {
  return askFromPod(lab, 'debug', `http://${host}:8080`, { times: 32 });
}

async function foreseen(lab: Lab, { spec }: Service): Promise<void> {
  const app = spec?.selector?.['app'];
  demand(app === 'webserver', {
    expected: 'a selector that fits the pods: app=webserver',
    observed: `app=${app}, which ${(await podsWith(lab, `app=${app}`)).length} pods have`,
    mistake: 'selector-typo',
  });
  const [port] = spec?.ports ?? [];
  const observed = `port ${port?.port}, targetPort ${port?.targetPort}`;
  const expected = 'port 8080 for clients, and the port that the containers listen on as targetPort';
  demand(port?.port !== 80, { expected, observed, mistake: 'ports-swapped' });
  demand(port?.targetPort !== 8080, { expected, observed, mistake: 'no-target-port' });
}

async function make(lab: Lab, app: string, port: number, targetPort?: number): Promise<void> {
  await applyService(lab, name, {
    selector: { app },
    ports: [{ port, ...(targetPort !== undefined && { targetPort }) }],
  });
}

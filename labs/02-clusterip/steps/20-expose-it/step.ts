import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Step } from '../../../step.ts';
import { applyService, find } from '../../../steps/ensure.ts';
import { remove, type Service } from '../../../steps/objects.ts';
import { endpointsAre, podsWith } from '../../../steps/pods.ts';
import { allAnswered, askFromPod, describeAnswers } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { servedWebservers } from '../../../steps/webservers.ts';

const name = 'short-service';

export const exposeIt: Step = {
  id: '20-expose-it',
  claims: ['L-13', 'R-04'],
  look: `kubectl get service ${name} --output yaml, beside the Service that the manifest made`,
  links: [
    'document 001, "서비스를 생성하는 방법"; document 002, "Example"',
    'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_expose/',
    'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  ],
  setUp: async (lab) => void (await servedWebservers(lab)),
  async check(lab) {
    const service = await find<Service>(lab, resources.services, name);
    demand(service, { expected: `a Service ${name}`, observed: 'none of that name' });
    foreseen(service);
    const answers = await soon(lab, () =>
      askFromPod(lab, 'debug', `http://${service.spec?.clusterIP}`, { times: 12 }),
    );
    allAnswered(answers, `to ${name} at port 80`);
    lab.seen(`targetPort ${service.spec?.ports?.[0]?.targetPort}; ${describeAnswers(answers)}`);
  },
  async solve(lab) {
    await remove(lab, resources.services, name);
    await applyService(lab, name, { selector: { app: 'webserver' }, ports: [{ port: 80 }] });
    await endpointsAre(lab, name, await podsWith(lab, 'app=webserver'));
  },
  reset: (lab) => remove(lab, resources.services, name),
  mistakes: [
    {
      id: 'port-8080',
      make: async (lab) =>
        void (await applyService(lab, name, { selector: { app: 'webserver' }, ports: [{ port: 8080 }] })),
    },
    {
      id: 'exposed-the-client',
      make: async (lab) =>
        void (await applyService(lab, name, { selector: { run: 'debug' }, ports: [{ port: 80 }] })),
    },
  ],
  async prediction(lab) {
    const { spec } = await applyDry(lab);
    const target = spec?.ports?.[0]?.targetPort;
    if (target === undefined) return 3;
    return target === 80 ? 2 : 1;
  },
};

/** What the server would make of a Service that names port 80 and nothing more. */
function applyDry({ client, namespace, signal }: Parameters<Step['check']>[0]): Promise<Service> {
  const service: Service = {
    metadata: { namespace, generateName: 'dry-' },
    spec: { selector: { app: 'webserver' }, ports: [{ port: 80 }] },
  };
  return client.create(resources.services, service, { dryRun: true, signal });
}

function foreseen({ spec }: Service): void {
  const [port] = spec?.ports ?? [];
  demand(spec?.selector?.['app'] === 'webserver', {
    expected: 'the selector of the web servers, app=webserver',
    observed: JSON.stringify(spec?.selector ?? {}),
    mistake: 'exposed-the-client',
  });
  demand(port?.targetPort !== 8080, {
    expected: 'a Service that leads to the port on which the containers listen',
    observed: `port ${port?.port}, targetPort ${port?.targetPort}`,
    mistake: 'port-8080',
  });
  expect(port?.port, 'the port').to.equal(80);
  expect(port?.targetPort, 'the targetPort').to.equal(80);
}

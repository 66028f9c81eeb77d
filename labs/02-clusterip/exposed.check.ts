import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { getService, remove, type Service } from '../steps/objects.ts';
import { endpointsAre, podsWith } from '../steps/pods.ts';
import { allAnswered, askFromPod, describeAnswers } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

export const exposed: Check = {
  claims: ['L-13'],
  title: 'kubectl expose makes the same Service as the manifest does',
  look: 'kubectl get service --output yaml of the two Services, side by side',
  async run(lab) {
    await remove(lab, resources.services, 'exposed');
    const how = await expose(lab);
    const [made, written] = [
      await getService(lab, 'exposed'),
      await getService(lab, 'hostname-service-clusterip'),
    ];
    expect(essence(made), 'what kubectl expose made').to.deep.equal(essence(written));
    const url = `http://${made.spec?.clusterIP}:8080`;
    await endpointsAre(lab, 'exposed', await podsWith(lab, 'app=webserver'));
    const answers = await soon(lab, () => askFromPod(lab, 'debug', url, { times: 12 }));
    allAnswered(answers);
    lab.seen(`${how}: same type, selector and ports; ${describeAnswers(answers)}`);
  },
};

/** Where the machine has no kubectl, its Service is posted: `kubectl expose` makes the object itself and posts it. */
async function expose(lab: Lab): Promise<string> {
  const { namespace, signal } = lab;
  if (lab.kubectl === undefined) {
    const ports = [{ port: 8080, protocol: 'TCP', targetPort: 80 }];
    const service: Service = {
      metadata: { name: 'exposed', namespace },
      spec: { selector: { app: 'webserver' }, ports },
    };
    await lab.client.create(resources.services, service, { signal });
    return 'posted as kubectl expose does';
  }
  const result = await lab.kubectl([
    ...['expose', 'deployment', 'hostname-deployment', '--namespace', namespace, '--name', 'exposed'],
    ...['--port', '8080', '--target-port', '80'],
  ]);
  demand(result.exitCode === 0, { expected: 'kubectl expose to succeed', observed: result.stderr.trim() });
  return 'kubectl expose';
}

/** What makes the two the same Service; the manifest gives its port a name, kubectl expose gives it none. */
function essence(service: Service) {
  const { type, selector, sessionAffinity } = service.spec ?? {};
  const ports = service.spec?.ports?.map(({ port, protocol, targetPort }) => ({
    port,
    protocol,
    targetPort,
  }));
  return { type, selector, sessionAffinity, ports };
}

import { expect } from 'chai';
import { apply } from '../../lib/kube/apply/apply.ts';
import type { Check, Lab } from '../lab.ts';
import { getService, type Service } from '../steps/objects.ts';
import { endpointsAre, podsWith } from '../steps/pods.ts';
import { allAnswered, askFromPod, describeAnswers } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

const name = 'short-service';

export const defaultTarget: Check = {
  claims: ['R-04'],
  title: 'a Service that leaves targetPort out sends to the port of the same number',
  look: `kubectl get service ${name} --output yaml: what the server filled in`,
  async run(lab) {
    await apply(lab.client, withoutTarget(lab), { signal: lab.signal });
    const { spec } = await getService(lab, name);
    const [port] = spec?.ports ?? [];
    expect(port?.targetPort, 'the targetPort of a Service that names only port 80').to.equal(80);
    await endpointsAre(lab, name, await podsWith(lab, 'app=webserver'));
    const url = `http://${spec?.clusterIP}`;
    const answers = await soon(lab, () => askFromPod(lab, 'debug', url, { times: 12 }));
    allAnswered(answers, 'at port 80');
    lab.seen(`port 80, targetPort ${port?.targetPort}; ${describeAnswers(answers)}`);
  },
};

function withoutTarget({ namespace }: Lab): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: 'webserver' }, ports: [{ port: 80 }] },
  };
}

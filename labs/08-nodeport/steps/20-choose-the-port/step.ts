import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, find } from '../../../steps/ensure.ts';
import { nodesOf, remove, type Service } from '../../../steps/objects.ts';
import { endpointsAre, podsWith } from '../../../steps/pods.ts';
import { allAnswered, askFromNode } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { webservers } from '../../../steps/webservers.ts';
import { freePort } from '../../every-nodes-port.check.ts';
import { refusal } from '../../refused-port.check.ts';
import { outside } from '../../types.check.ts';

const service = 'web-door';
const holder = 'door-keeper';
const wanted = { from: 30_100, to: 30_199 };

export const chooseThePort: Step = {
  id: '20-choose-the-port',
  claims: ['R-08'],
  look: 'kubectl get services --all-namespaces: PORT(S); the words with which kubectl is refused',
  links: [
    'document 002, "NodePort"; document 004, "service的类型"',
    'https://kubernetes.io/docs/concepts/services-networking/service/#nodeport-custom-port',
  ],
  async setUp(lab) {
    await webservers(lab);
    if (await find(lab, resources.services, holder)) return;
    const nodePort = await freePort(lab, wanted.from);
    await applyService(lab, holder, { ...door, ports: [{ port: 8080, targetPort: 80, nodePort }] });
  },
  async check(lab) {
    const made = await find<Service>(lab, resources.services, service);
    demand(made, { expected: `a Service ${service}`, observed: 'none of that name' });
    const port = foreseen(made);
    const [first] = await nodesOf(lab);
    const url = `http://${first?.address}:${port}`;
    allAnswered(await askFromNode(lab, outside, url, { times: 3 }), `at ${url} from outside`);
  },
  async solve(lab) {
    const nodePort = await freePort(lab, wanted.from);
    await make(lab, { port: 8080, targetPort: 80, nodePort });
    await endpointsAre(lab, service, await podsWith(lab, 'app=webserver'));
    const [first] = await nodesOf(lab);
    await soon(lab, () => askFromNode(lab, outside, `http://${first?.address}:${nodePort}`));
  },
  reset: (lab) => remove(lab, resources.services, service),
  mistakes: [
    {
      id: 'by-chance',
      async make(lab) {
        const nodePort = await freePort(lab, wanted.to + 1);
        await make(lab, { port: 8080, targetPort: 80, nodePort });
      },
    },
    {
      id: 'port-for-node-port',
      make: (lab) => make(lab, { port: wanted.from + 1, targetPort: 80 }),
    },
  ],
  async prediction(lab) {
    const held = await find<Service>(lab, resources.services, holder);
    const said = await refusal(lab, held?.spec?.ports?.[0]?.nodePort ?? 0);
    return said.startsWith('422: ') ? 3 : 1;
  },
};

const door = { type: 'NodePort', selector: { app: 'webserver' } };

/** The node port, when it is one of those asked for. */
function foreseen({ spec }: Service): number {
  const [port] = spec?.ports ?? [];
  const { from, to } = wanted;
  const isWanted = (number = 0) => number >= from && number <= to;
  const expected = `a nodePort from ${from} to ${to}`;
  demand(!isWanted(port?.port), {
    expected,
    observed: `${port?.port} as port, which is the Service's own`,
    mistake: 'port-for-node-port',
  });
  demand(isWanted(port?.nodePort), {
    expected,
    observed: `${port?.nodePort ?? 'none'}`,
    mistake: 'by-chance',
  });
  return port?.nodePort ?? 0;
}

async function make(lab: Lab, port: { port: number; targetPort: number; nodePort?: number }): Promise<void> {
  await remove(lab, resources.services, service);
  await applyService(lab, service, { ...door, ports: [port] });
}

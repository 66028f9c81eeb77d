import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, find } from '../../../steps/ensure.ts';
import { applyManifest, nodesOf, remove, type Service } from '../../../steps/objects.ts';
import { endpointsAre, podsWith } from '../../../steps/pods.ts';
import { allAnswered, askFromNode, firstRefusal } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { webservers } from '../../../steps/webservers.ts';
import { outside } from '../../types.check.ts';

const service = 'hostname-service-nodeport';
const selector = { app: 'webserver' };

export const openANodePort: Step = {
  id: '10-open-a-node-port',
  claims: ['L-14', 'S-11'],
  look: 'kubectl get services,endpointslices: TYPE and PORT(S); workshop ssh outside -- wget …',
  links: [
    'document 001, NodePort; document 002, "Publishing services"',
    'https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport',
  ],
  async setUp(lab) {
    await webservers(lab);
  },
  async check(lab) {
    const made = await find<Service>(lab, resources.services, service);
    demand(made, { expected: `a Service ${service}`, observed: 'none of that name' });
    foreseen(made);
    for (const { address } of await nodesOf(lab)) {
      const url = `http://${address}:${portOf(made)}`;
      allAnswered(await askFromNode(lab, outside, url, { times: 2 }), `at ${url} from outside`);
    }
  },
  async solve(lab) {
    await remove(lab, resources.services, service);
    const [made] = await applyManifest(lab, service);
    await endpointsAre(lab, service, await podsWith(lab, 'app=webserver'));
    const url = await nodeUrl(lab, made?.object as Service);
    await soon(lab, () => askFromNode(lab, outside, url));
  },
  reset: (lab) => remove(lab, resources.services, service),
  mistakes: [
    {
      id: 'type-left-out',
      make: (lab) => make(lab, { selector, ports: [{ port: 8080, targetPort: 80 }] }),
    },
    {
      id: 'target-port',
      make: (lab) => make(lab, { type: 'NodePort', selector, ports: [{ port: 8080 }] }),
    },
    {
      id: 'selector',
      make: (lab) =>
        make(lab, {
          type: 'NodePort',
          selector: { app: 'hostname-deployment' },
          ports: [{ port: 8080, targetPort: 80 }],
        }),
    },
  ],
  async prediction(lab) {
    const made = await find<Service>(lab, resources.services, service);
    if (made === undefined) return 2;
    const node = await askFromNode(lab, outside, await nodeUrl(lab, made));
    const cluster = await askFromNode(lab, outside, `http://${made.spec?.clusterIP}:8080`);
    if (firstRefusal(cluster) === undefined) return 3;
    return firstRefusal(node) === undefined ? 2 : 1;
  },
};

function foreseen({ spec }: Service): void {
  demand(spec?.type === 'NodePort', {
    expected: 'the type NodePort',
    observed: `the type ${spec?.type}`,
    mistake: 'type-left-out',
  });
  demand(spec.selector?.['app'] === selector.app, {
    expected: 'a selector that finds the pods app=webserver',
    observed: `the selector ${JSON.stringify(spec.selector ?? {})}`,
    mistake: 'selector',
  });
  demand(spec.ports?.[0]?.targetPort === 80, {
    expected: 'the targetPort 80, where the pods listen',
    observed: `the targetPort ${spec.ports?.[0]?.targetPort}`,
    mistake: 'target-port',
  });
}

async function make(lab: Lab, spec: NonNullable<Service['spec']>): Promise<void> {
  await remove(lab, resources.services, service);
  await applyService(lab, service, spec);
}

async function nodeUrl(lab: Lab, made: Service): Promise<string> {
  const [, second] = await nodesOf(lab);
  return `http://${second?.address}:${portOf(made)}`;
}

function portOf({ spec }: Service): number | undefined {
  return spec?.ports?.[0]?.nodePort;
}

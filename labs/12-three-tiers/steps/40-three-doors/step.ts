import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensureClient, putService } from '../../../steps/ensure.ts';
import { describePorts, expectedService, portsOf, selectorOf } from '../../../steps/expected-service.ts';
import { getService, nodesOf, remove } from '../../../steps/objects.ts';
import { endpointsAre, ipOf, readyPods } from '../../../steps/pods.ts';
import { opensFrom, outside } from '../../doors.ts';
import { doorsAreRight } from '../../nginx-doors.check.ts';
import { applyNginxService, holdersOf, wantedNodePort } from '../../nginx-service.ts';
import { applyNginx } from '../../tiers.ts';

const name = 'nginx-service';
const selector = { name: 'nginx-pod' };

export const threeDoors: Step = {
  id: '40-three-doors',
  claims: ['Z-05'],
  look: 'kubectl describe service nginx-service: Port, TargetPort and NodePort, each with its own address',
  links: [
    'document 004, "几个port易混淆的概念": nginx-service',
    'https://kubernetes.io/docs/concepts/services-networking/service/#nodeport-custom-port',
  ],
  async setUp(lab) {
    await applyNginx(lab);
    await Promise.all([readyPods(lab, 'name=nginx-pod', 1), ensureClient(lab)]);
  },
  async check(lab) {
    const nodePort = await foreseen(lab);
    const [pod] = await readyPods(lab, 'name=nginx-pod', 1);
    const { spec } = await getService(lab, name);
    await doorsAreRight(lab, spec?.clusterIP ?? '', pod ? ipOf(pod) : '', nodePort, 3000);
  },
  async solve(lab) {
    await remove(lab, resources.services, name);
    await applyNginxService(lab);
    await endpointsAre(lab, name, await readyPods(lab, 'name=nginx-pod', 1));
  },
  reset: (lab) => remove(lab, resources.services, name),
  mistakes: [
    {
      id: 'no-node-port',
      make: async (lab) =>
        void (await putService(lab, name, { selector, ports: [{ port: 30_080, targetPort: 80 }] })),
    },
    {
      id: 'target-left-out',
      make: async (lab) =>
        void (await putService(lab, name, { type: 'NodePort', selector, ports: [{ port: 30_080 }] })),
    },
    {
      id: 'node-port-by-chance',
      async make(lab) {
        const ports = [{ port: 30_080, targetPort: 80 }];
        await putService(lab, name, { type: 'NodePort', selector, ports });
      },
    },
  ],
  async prediction(lab) {
    const [node] = await nodesOf(lab);
    const nodePort = (await getService(lab, name)).spec?.ports?.[0]?.nodePort ?? wantedNodePort;
    const doors = [30_080, 80, nodePort];
    for (const [i, port] of doors.entries()) {
      if (await opensFrom(lab, outside, node?.address ?? '', port)) return i + 1;
    }
    return doors.length + 1;
  },
};

/** Where another Service holds 30001, one of the next numbers will do. */
const neighbours = 10;

/** Returns the node port. */
async function foreseen(lab: Lab): Promise<number> {
  const service = await expectedService(lab, name);
  const { type } = service.spec ?? {};
  demand(type === 'NodePort', {
    expected: 'the type NodePort',
    observed: `the type ${type}`,
    mistake: type === 'ClusterIP' ? 'no-node-port' : undefined,
  });
  const [port] = portsOf(service);
  const observed = describePorts(portsOf(service));
  demand(port?.targetPort !== port?.port, { expected: '30080→80', observed, mistake: 'target-left-out' });
  demand(port?.port === 30_080 && port.targetPort === 80, { expected: '30080→80', observed });
  const labels = selectorOf(service);
  demand(labels === 'name=nginx-pod', { expected: 'the selector name=nginx-pod', observed: labels });
  const nodePort = port.nodePort ?? 0;
  const holders = nodePort === wantedNodePort ? [] : await holdersOf(lab, wantedNodePort);
  const last = holders.length > 0 ? wantedNodePort + neighbours : wantedNodePort;
  demand(nodePort >= wantedNodePort && nodePort <= last, {
    expected: `the node port ${wantedNodePort}${holders.length > 0 ? ` or one near it, since ${holders.join()} holds it` : ''}`,
    observed: `${nodePort}`,
    mistake: 'node-port-by-chance',
  });
  return nodePort;
}

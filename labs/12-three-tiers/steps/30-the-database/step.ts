import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensureClient, putService } from '../../../steps/ensure.ts';
import { describePorts, expectedService, portsOf, selectorOf } from '../../../steps/expected-service.ts';
import { applyManifest, nodesOf, remove } from '../../../steps/objects.ts';
import { endpointsAre, readyPods } from '../../../steps/pods.ts';
import { opensFrom, outside } from '../../doors.ts';
import { mysqlService } from '../../mysql-service.check.ts';
import { applyMysql } from '../../tiers.ts';

const name = 'mysql-service';
const selector = { name: 'mysql-pod' };

export const theDatabase: Step = {
  id: '30-the-database',
  claims: ['Z-04'],
  look: 'kubectl describe service mysql-service: Type, Port and TargetPort',
  links: [
    'document 004, "port": mysql-service',
    'https://kubernetes.io/docs/concepts/services-networking/service/#type-clusterip',
  ],
  async setUp(lab) {
    await applyMysql(lab);
    await Promise.all([readyPods(lab, 'name=mysql-pod', 1, { timeoutMs: 60_000 }), ensureClient(lab)]);
  },
  async check(lab) {
    await foreseen(lab);
    await mysqlService.run(lab);
  },
  async solve(lab) {
    await remove(lab, resources.services, name);
    await applyManifest(lab, name);
    await endpointsAre(lab, name, await readyPods(lab, 'name=mysql-pod', 1));
  },
  reset: (lab) => remove(lab, resources.services, name),
  mistakes: [
    {
      id: 'ports-swapped',
      make: async (lab) =>
        void (await putService(lab, name, { selector, ports: [{ port: 3306, targetPort: 33_306 }] })),
    },
    {
      id: 'same-number',
      make: async (lab) => void (await putService(lab, name, { selector, ports: [{ port: 3306 }] })),
    },
    {
      id: 'open-to-all',
      async make(lab) {
        const ports = [{ port: 33_306, targetPort: 3306 }];
        await putService(lab, name, { type: 'NodePort', selector, ports });
      },
    },
  ],
  async prediction(lab) {
    const [node] = await nodesOf(lab);
    return (await opensFrom(lab, outside, node?.address ?? '', 33_306)) ? 1 : 2;
  },
};

async function foreseen(lab: Lab): Promise<void> {
  const service = await expectedService(lab, name);
  const { type = '', externalIPs = [] } = service.spec ?? {};
  demand(type === 'ClusterIP' && externalIPs.length === 0, {
    expected: 'a Service that only the cluster can reach',
    observed: externalIPs.length > 0 ? `the external IPs ${externalIPs.join(', ')}` : `the type ${type}`,
    mistake: 'open-to-all',
  });
  const ports = portsOf(service);
  const has = (from: number, to: number) =>
    ports.some(({ port, targetPort }) => port === from && targetPort === to);
  const mistake = has(3306, 33_306) ? 'ports-swapped' : has(3306, 3306) ? 'same-number' : undefined;
  demand(has(33_306, 3306), { expected: 'port 33306→3306', observed: describePorts(ports), mistake });
  const labels = selectorOf(service);
  demand(labels === 'name=mysql-pod', { expected: 'the selector name=mysql-pod', observed: labels });
}

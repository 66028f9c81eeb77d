import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, find } from '../../../steps/ensure.ts';
import { applyManifest, remove, type Service } from '../../../steps/objects.ts';
import type { Pod } from '../../../steps/pods.ts';
import { freshClient, removePod } from '../../client-pod.ts';
import { sevenVariables } from '../../redis-variables.check.ts';
import { variablesIn } from '../../variables.ts';

const service = 'redis-master';
const prefix = /^REDIS_MASTER_/;

export const redisMaster: Step = {
  id: '20-redis-master',
  claims: ['S-07', 'P-07'],
  look: 'kubectl get service redis-master --output yaml; kubectl exec frontend -- printenv',
  links: [
    'documents 000, 003 and 004: the seven variables of redis-master',
    'https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables',
  ],
  setUp: async () => {},
  async check(lab) {
    const made = await find<Service>(lab, resources.services, service);
    demand(made, { expected: `a Service ${service}`, observed: 'none of that name' });
    foreseenIn(made);
    const pod = await find<Pod>(lab, resources.pods, 'frontend');
    demand(pod, { expected: 'a pod frontend', observed: 'none of that name' });
    const found = await variablesIn(lab, 'frontend', prefix);
    demand(found.length > 0, {
      expected: `variables of ${service} in the pod frontend`,
      observed: 'none: the pod is older than the Service',
      mistake: 'pod-first',
    });
    const address = made.spec?.clusterIP ?? '';
    expect(found, 'the variables in the pod frontend').to.deep.equal(sevenVariables(address));
  },
  async solve(lab) {
    await remove(lab, resources.services, service);
    await applyManifest(lab, service);
    await freshClient(lab, 'frontend');
  },
  reset: takeBack,
  mistakes: [
    {
      id: 'pod-first',
      async make(lab) {
        await freshClient(lab, 'frontend');
        await applyManifest(lab, service);
      },
    },
    { id: 'named-port', make: (lab) => withPort(lab, { name: 'redis', port: 6379 }) },
    { id: 'wrong-port', make: (lab) => withPort(lab, { port: 80, targetPort: 6379 }) },
  ],
  async prediction(lab) {
    await remove(lab, resources.services, 'late');
    await freshClient(lab, 'probe');
    await applyService(lab, 'late', { selector: { app: 'redis' }, ports: [{ port: 6379 }] });
    const found = await variablesIn(lab, 'probe', /^LATE_/);
    await Promise.all([removePod(lab, 'probe'), remove(lab, resources.services, 'late')]);
    return found.length === 0 ? 3 : 1;
  },
};

function foreseenIn({ spec }: Service): void {
  const [port] = spec?.ports ?? [];
  demand(port?.port === 6379, {
    expected: 'the port 6379',
    observed: `the port ${port?.port}`,
    mistake: 'wrong-port',
  });
  demand(port.name === undefined, {
    expected: 'seven variables, from a port without a name',
    observed: `eight, since the port has the name ${port.name}`,
    mistake: 'named-port',
  });
}

async function takeBack(lab: Lab): Promise<void> {
  await remove(lab, resources.services, service);
  await removePod(lab, 'frontend');
}

async function withPort(lab: Lab, port: { name?: string; port: number; targetPort?: number }): Promise<void> {
  await applyService(lab, service, { selector: { app: 'redis', role: 'master' }, ports: [port] });
  await freshClient(lab, 'frontend');
}

import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensureClient, find, putService } from '../../../steps/ensure.ts';
import { describePorts, expectedService, portsOf, selectorOf } from '../../../steps/expected-service.ts';
import { applyManifest, remove } from '../../../steps/objects.ts';
import type { Deployment } from '../../../steps/page-pods.ts';
import { endpointsAre, readyPods } from '../../../steps/pods.ts';
import { type Look, until } from '../../../steps/until.ts';
import { askRedis, redisIdentities } from '../../redis.ts';
import { applyRedis } from '../../tiers.ts';

const name = 'redis-master';
const selector = { app: 'redis', role: 'master' };

export const twoRedis: Step = {
  id: '10-two-redis',
  claims: ['Z-01'],
  look: 'kubectl get pods --show-labels; kubectl describe service redis-master: its Endpoints',
  links: [
    'document 004, "service概述": redis with two replicas',
    'https://kubernetes.io/docs/concepts/services-networking/service/',
  ],
  async setUp(lab) {
    if ((await find(lab, resources.deployments, 'redis')) === undefined) await applyRedis(lab, 1);
    await ensureClient(lab);
  },
  async check(lab) {
    await foreseen(lab);
    const look = async (): Promise<Look<true>> => {
      const pong = (await askRedis(lab, name, 'PING')).join();
      if (pong !== '+PONG') return { yet: `${pong} to PING` };
      const { size } = await redisIdentities(lab, name, 24);
      return size === 2 ? { found: true } : { yet: `answers of ${size}` };
    };
    await until(lab, look, { expected: `answers of two replicas at ${name}`, timeoutMs: 3000 });
  },
  async solve(lab) {
    await scaled(lab, 2);
    await remove(lab, resources.services, name);
    await applyManifest(lab, 'redis-master');
    await endpointsAre(lab, name, await readyPods(lab, 'app=redis,role=master', 2));
  },
  async reset(lab) {
    await remove(lab, resources.services, name);
    await scaled(lab, 1);
    await readyPods(lab, 'app=redis', 1);
  },
  mistakes: [
    {
      id: 'one-replica',
      async make(lab) {
        await putService(lab, name, { selector, ports: [{ port: 6379 }] });
      },
    },
    {
      id: 'port-typo',
      async make(lab) {
        await scaled(lab, 2);
        await putService(lab, name, { selector, ports: [{ port: 6397 }] });
      },
    },
    {
      id: 'wrong-role',
      async make(lab) {
        await scaled(lab, 2);
        await putService(lab, name, { selector: { ...selector, role: 'slave' }, ports: [{ port: 6379 }] });
      },
    },
  ],
  async prediction(lab) {
    await askRedis(lab, name, 'SET colour red');
    const red = (await askRedis(lab, name, 'GET colour', 20)).filter((reply) => reply === 'red').length;
    await askRedis(lab, name, 'DEL colour', 4);
    return red === 20 ? 1 : red > 0 ? 2 : 3;
  },
};

async function scaled(lab: Lab, replicas: number): Promise<void> {
  const ref = { namespace: lab.namespace, name: 'redis' };
  const patch = { spec: { replicas } };
  await lab.client.patch(resources.deployments, ref, patch, { type: 'merge', signal: lab.signal });
}

async function foreseen(lab: Lab): Promise<void> {
  const service = await expectedService(lab, name);
  const ports = portsOf(service);
  const right = ports.some(({ port, targetPort }) => port === 6379 && targetPort === 6379);
  demand(right, {
    expected: 'port and target port 6379',
    observed: describePorts(ports),
    mistake: 'port-typo',
  });
  const labels = selectorOf(service);
  demand(labels === 'app=redis,role=master', {
    expected: 'the selector app=redis,role=master',
    observed: labels,
    mistake: labels.startsWith('app=redis') ? 'wrong-role' : undefined,
  });
  const deployment = await find<Deployment>(lab, resources.deployments, 'redis');
  demand((deployment?.spec?.replicas ?? 0) >= 2, {
    expected: 'two replicas of redis',
    observed: `${deployment?.spec?.replicas ?? 0}`,
    mistake: 'one-replica',
  });
}

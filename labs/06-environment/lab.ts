import type { LabDefinition } from '../lab.ts';
import { applyManifest } from '../steps/objects.ts';
import { startClient } from '../steps/pods.ts';
import { eightVariables } from './eight-variables.check.ts';
import { order } from './order.check.ts';
import { redisVariables } from './redis-variables.check.ts';
import { serviceVariables } from './service-variables.check.ts';
import { servicesFirst } from './steps/10-services-first/step.ts';
import { redisMaster } from './steps/20-redis-master/step.ts';

/** The Services come first: a pod has the variables of the Services that were there when it started. */
export const environment: LabDefinition = {
  id: '06-environment',
  title: 'Environment variables',
  async setUp(lab) {
    await applyManifest(lab, 'hostname-service-clusterip');
    await applyManifest(lab, 'my-nginx', { only: 'Service' });
    await applyManifest(lab, 'redis-master');
    await startClient(lab);
  },
  steps: [servicesFirst, redisMaster],
  checks: [eightVariables, serviceVariables, redisVariables, order],
};

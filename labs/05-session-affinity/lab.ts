import type { LabDefinition } from '../lab.ts';
import { applyManifest } from '../steps/objects.ts';
import { endpointsAre, readyPods, startClient } from '../steps/pods.ts';
import { ownClient } from './own-client.check.ts';
import { oneClientOnePod } from './steps/10-one-client-one-pod/step.ts';
import { forHowLong } from './steps/20-for-how-long/step.ts';
import { sticky } from './sticky.check.ts';
import { timeout } from './timeout.check.ts';

export const sessionAffinity: LabDefinition = {
  id: '05-session-affinity',
  title: 'Session affinity',
  async setUp(lab) {
    await applyManifest(lab, 'hostname-deployment');
    await applyManifest(lab, 'hostname-service-clusterip');
    const [pods] = await Promise.all([
      readyPods(lab, 'app=webserver', 3),
      startClient(lab, 'debug'),
      startClient(lab, 'debug2'),
    ]);
    await endpointsAre(lab, 'hostname-service-clusterip', pods);
  },
  checks: [sticky, timeout, ownClient],
  steps: [oneClientOnePod, forHowLong],
};

import type { LabDefinition } from '../lab.ts';
import { applyManifest } from '../steps/objects.ts';
import { endpointsAre, readyPods, startClient } from '../steps/pods.ts';
import { decoupled } from './decoupled.check.ts';
import { picked } from './picked.check.ts';
import { replacedPod } from './replaced-pod.check.ts';
import { rotation } from './rotation.check.ts';
import { aLoopOfRequests } from './steps/10-a-loop-of-requests/step.ts';
import { aRuleForEachEndpoint } from './steps/20-a-rule-for-each-endpoint/step.ts';
import { nobodyNotices } from './steps/30-nobody-notices/step.ts';

export const whoAnswers: LabDefinition = {
  id: '03-who-answers',
  title: 'Who answers: rotation, chance, and a pod replaced meanwhile',
  async setUp(lab) {
    await applyManifest(lab, 'hostname-deployment');
    await applyManifest(lab, 'hostname-service-clusterip');
    const [pods] = await Promise.all([readyPods(lab, 'app=webserver', 3), startClient(lab)]);
    await endpointsAre(lab, 'hostname-service-clusterip', pods);
  },
  checks: [rotation, replacedPod, decoupled, picked],
  steps: [aLoopOfRequests, aRuleForEachEndpoint, nobodyNotices],
};

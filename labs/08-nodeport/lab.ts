import type { LabDefinition } from '../lab.ts';
import { applyManifest } from '../steps/objects.ts';
import { endpointsAre, readyPods, startClient } from '../steps/pods.ts';
import { everyNodesPort } from './every-nodes-port.check.ts';
import { refusedPort } from './refused-port.check.ts';
import { openANodePort } from './steps/10-open-a-node-port/step.ts';
import { chooseThePort } from './steps/20-choose-the-port/step.ts';
import { types } from './types.check.ts';

export const nodePort: LabDefinition = {
  id: '08-nodeport',
  title: 'A Service of type NodePort',
  async setUp(lab) {
    await applyManifest(lab, 'hostname-deployment');
    await applyManifest(lab, 'hostname-service-nodeport');
    const [pods] = await Promise.all([readyPods(lab, 'app=webserver', 3), startClient(lab)]);
    await endpointsAre(lab, 'hostname-service-nodeport', pods);
  },
  steps: [openANodePort, chooseThePort],
  checks: [everyNodesPort, refusedPort, types],
};

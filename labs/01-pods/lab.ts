import type { LabDefinition } from '../lab.ts';
import { applyManifest } from '../steps/objects.ts';
import { readyPods, startClient } from '../steps/pods.ts';
import { ownAddress } from './own-address.check.ts';
import { pullSecret } from './pull-secret.check.ts';
import { replacedAddress } from './replaced-address.check.ts';
import { threePods } from './steps/10-three-pods/step.ts';
import { aPodReplaced } from './steps/20-a-pod-replaced/step.ts';

export const pods: LabDefinition = {
  id: '01-pods',
  title: 'Pods and their addresses',
  async setUp(lab) {
    await applyManifest(lab, 'hostname-deployment');
    await Promise.all([readyPods(lab, 'app=webserver', 3), startClient(lab)]);
  },
  checks: [ownAddress, pullSecret, replacedAddress],
  steps: [threePods, aPodReplaced],
};

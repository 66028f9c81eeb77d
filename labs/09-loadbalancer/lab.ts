import type { LabDefinition } from '../lab.ts';
import { applyService } from '../steps/ensure.ts';
import { applyManifest } from '../steps/objects.ts';
import { readyPods, startClient } from '../steps/pods.ts';
import { apiVersion } from './api-version.check.ts';
import { askedFor } from './asked-for.check.ts';
import { pending, unclaimed } from './pending.check.ts';
import { todaysManifest } from './steps/10-todays-manifest/step.ts';
import { anAddress } from './steps/20-an-address/step.ts';

export const loadBalancer: LabDefinition = {
  id: '09-loadbalancer',
  title: 'A Service of type LoadBalancer',
  async setUp(lab) {
    await applyManifest(lab, 'my-nginx');
    await applyService(lab, unclaimed, {
      type: 'LoadBalancer',
      loadBalancerClass: 'example.com/nobody',
      selector: { app: 'nginx' },
      ports: [{ port: 80 }],
    });
    await Promise.all([readyPods(lab, 'app=nginx', 2), startClient(lab)]);
  },
  steps: [todaysManifest, anAddress],
  checks: [apiVersion, pending, askedFor],
};

import type { LabDefinition } from '../lab.ts';
import { ensureClient } from '../steps/ensure.ts';
import { readyPods } from '../steps/pods.ts';
import { deadBackend } from './dead-backend.check.ts';
import { aDeadBackend } from './steps/10-a-dead-backend/step.ts';
import { readiness } from './steps/20-readiness/step.ts';
import { proxyFrozen } from './steps/30-proxy-frozen/step.ts';
import { cutOffStep } from './steps/40-cut-off/step.ts';
import { applyWeb } from './web.ts';

export const failure: LabDefinition = {
  id: '13-failure',
  title: 'When something fails',
  async setUp(lab) {
    await applyWeb(lab, 'unwatched');
    await applyWeb(lab, 'watched', { readiness: { httpGet: { path: '/', port: 80 } } });
    await Promise.all([
      readyPods(lab, 'app=unwatched', 3),
      readyPods(lab, 'app=watched', 3),
      ensureClient(lab),
    ]);
  },
  checks: [deadBackend],
  steps: [aDeadBackend, readiness, proxyFrozen, cutOffStep],
};

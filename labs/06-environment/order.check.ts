import { expect } from 'chai';
import type { Check } from '../lab.ts';
import { ensureClient } from '../steps/ensure.ts';
import { applyManifest, clusterIpOf } from '../steps/objects.ts';
import { variablesIn } from './variables.ts';

export const order: Check = {
  claims: ['P-07'],
  title: 'a pod has the variables of a Service that was there before it, and none of a later one',
  look: 'the AGE of the Service and of the pods; printenv in both pods',
  async run(lab) {
    await applyManifest(lab, 'backend-service');
    const early = await variablesIn(lab, 'debug', /^BACKEND_SERVICE_/);
    expect(early, 'variables of backend-service in debug, which is older').to.deep.equal([]);
    await ensureClient(lab, 'later');
    const late = await variablesIn(lab, 'later', /^BACKEND_SERVICE_SERVICE_/);
    const address = await clusterIpOf(lab, 'backend-service');
    expect(late, 'variables of backend-service in later, which is younger').to.deep.equal([
      `BACKEND_SERVICE_SERVICE_HOST=${address}`,
      'BACKEND_SERVICE_SERVICE_PORT=80',
    ]);
    lab.seen(`debug, older than the Service: none; later, younger: ${late.join(' ')}`);
  },
};

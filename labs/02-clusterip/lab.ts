import type { LabDefinition } from '../lab.ts';
import { applyManifest } from '../steps/objects.ts';
import { endpointsAre, readyPods, startClient } from '../steps/pods.ts';
import { byName } from './by-name.check.ts';
import { chosenAddress } from './chosen-address.check.ts';
import { defaultTarget } from './default-target.check.ts';
import { exposed } from './exposed.check.ts';
import { posted } from './posted.check.ts';
import { selected } from './selected.check.ts';
import { spread } from './spread.check.ts';
import { stableAddress } from './stable-address.check.ts';
import { makeTheService } from './steps/10-make-the-service/step.ts';
import { exposeIt } from './steps/20-expose-it/step.ts';
import { anyPodWithTheLabel } from './steps/30-any-pod-with-the-label/step.ts';
import { anAddressThatStays } from './steps/40-an-address-that-stays/step.ts';
import { tableRow } from './table-row.check.ts';

export const clusterIp: LabDefinition = {
  id: '02-clusterip',
  title: 'A Service of type ClusterIP',
  async setUp(lab) {
    await applyManifest(lab, 'hostname-deployment');
    await applyManifest(lab, 'hostname-service-clusterip');
    const [pods] = await Promise.all([readyPods(lab, 'app=webserver', 3), startClient(lab)]);
    await endpointsAre(lab, 'hostname-service-clusterip', pods);
  },
  checks: [tableRow, spread, byName, exposed, defaultTarget, chosenAddress, posted, selected, stableAddress],
  steps: [makeTheService, exposeIt, anyPodWithTheLabel, anAddressThatStays],
};

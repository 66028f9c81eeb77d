import type { LabDefinition } from '../lab.ts';
import { applyService } from '../steps/ensure.ts';
import { applyManifest } from '../steps/objects.ts';
import { endpointsAre } from '../steps/pods.ts';
import { backend } from './backend.ts';
import { cachedName } from './cached-name.check.ts';
import { names } from './names.check.ts';
import { newNames } from './new-names.check.ts';
import { portRecords } from './port-records.check.ts';
import { twoNamespaces } from './steps/10-two-namespaces/step.ts';
import { namedPorts } from './steps/20-named-ports/step.ts';
import { headless } from './steps/30-headless/step.ts';

export const dns: LabDefinition = {
  id: '07-dns',
  title: 'Names: the cluster DNS',
  async setUp(lab) {
    await applyManifest(lab, 'my-service-multi-port');
    const ports = [{ name: 'http', port: 80, targetPort: 9376 }];
    await applyService(lab, 'my-headless', { clusterIP: 'None', selector: { app: 'MyApp' }, ports });
    await endpointsAre(lab, 'my-service', await backend(lab));
  },
  steps: [twoNamespaces, namedPorts, headless],
  checks: [names, portRecords, newNames, cachedName],
};

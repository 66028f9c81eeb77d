import type { LabDefinition } from '../lab.ts';
import { echoPods } from '../steps/echo.ts';
import { applyService } from '../steps/ensure.ts';
import { applyManifest } from '../steps/objects.ts';
import { endpointsAre, podsWith, startClient } from '../steps/pods.ts';
import { cachedName } from './cached-name.check.ts';
import { names } from './names.check.ts';
import { newNames } from './new-names.check.ts';
import { portRecords } from './port-records.check.ts';

export const dns: LabDefinition = {
  id: '07-dns',
  title: 'Names: the cluster DNS',
  async setUp(lab) {
    await applyManifest(lab, 'my-service-multi-port');
    const ports = [{ name: 'http', port: 80, targetPort: 9376 }];
    await applyService(lab, 'my-headless', { clusterIP: 'None', selector: { app: 'MyApp' }, ports });
    await Promise.all([
      echoPods(lab, 'my-app', 2, { labels: { app: 'MyApp' }, port: 9376 }),
      startClient(lab),
    ]);
    await endpointsAre(lab, 'my-service', await podsWith(lab, 'app=MyApp'));
  },
  checks: [names, portRecords, newNames, cachedName],
};

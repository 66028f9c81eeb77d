import { applyService } from '../../../labs/steps/ensure.ts';
import { remove } from '../../../labs/steps/objects.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { changed, type Sabotage, withoutDns } from '../breaking.ts';

export const dnsSabotages: readonly Sabotage[] = [
  {
    claim: 'S-09',
    name: 'the ports have other names',
    break: (lab) =>
      changed(lab, 'my-service', {
        ports: [
          { name: 'web', port: 80, targetPort: 9376 },
          { name: 'tls', port: 443, targetPort: 9377 },
        ],
      }),
    expected: /SRV record _http\._tcp\.my-service\.\S+ to give the port 80/,
    observed: /NXDOMAIN/,
  },
  {
    claim: 'P-01',
    name: 'the Service is not headless',
    async break(lab) {
      await remove(lab, resources.services, 'my-headless');
      await applyService(lab, 'my-headless', {
        selector: { app: 'MyApp' },
        ports: [{ port: 80, targetPort: 9376 }],
      });
      return undefined;
    },
    expected: /my-headless resolves to addresses of pods/,
    observed: /^172\.17\./,
  },
  {
    claim: 'P-08',
    name: 'the cluster DNS is scaled to 0',
    alone: true,
    break: withoutDns,
    expected: /the name of a new Service found within 1000 ms/,
    observed: /found not within/,
  },
];

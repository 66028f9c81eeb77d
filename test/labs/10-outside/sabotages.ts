import { aliasOf } from '../../../labs/10-outside/external-name.check.ts';
import { changed, type Sabotage } from '../breaking.ts';

export const outsideSabotages: readonly Sabotage[] = [
  {
    claim: 'S-10',
    name: 'the Service is of type ClusterIP',
    break: (lab) => changed(lab, aliasOf.name, { type: 'ClusterIP', externalName: null }),
    expected: /my-database to be a CNAME of my\.database\.example\.com/,
    observed: /no record of that type/,
  },
  {
    claim: 'R-10',
    name: 'the Service names no external address',
    break: (lab) => changed(lab, 'out-nodeport', { externalIPs: null }),
    expected: /an answer to every request at http:\/\/80\.11\.12\.111:8080 from outside/,
    observed: /no answer|refused|unreachable|No route/,
  },
];

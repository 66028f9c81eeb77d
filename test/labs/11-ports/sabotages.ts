import { bothProtocols } from '../../../labs/11-ports/udp.ts';
import { changed, type Sabotage } from '../breaking.ts';

export const portsSabotages: readonly Sabotage[] = [
  {
    claim: 'S-06',
    name: 'both ports lead to the same target',
    break: (lab) =>
      changed(lab, 'my-service', {
        ports: [
          { name: 'http', port: 80, targetPort: 9376 },
          { name: 'https', port: 443, targetPort: 9376 },
        ],
      }),
    expected: /who answers at port 443: .*9377/,
    observed: /:9376/,
  },
  {
    claim: 'S-04',
    name: 'the Service gives the number of the first version',
    break: (lab) => changed(lab, 'shop', { ports: [{ port: 80, targetPort: 9376 }] }),
    expected: /an answer to every request/,
    observed: /refused/,
  },
  {
    claim: 'R-05',
    name: 'the UDP port leads to a number where nobody listens',
    async break(lab) {
      const { spec } = await bothProtocols(lab);
      const ports = spec?.ports?.map((port) =>
        port.name === 'dgram' ? { ...port, targetPort: 8081 } : port,
      );
      return changed(lab, 'echo', { ports });
    },
    expected: /echo-\S+ to answer by UDP, from master-node/,
    observed: /no answer/,
  },
];

import { proxiesOf, type Sabotage, stopped, withTable } from '../breaking.ts';

export const insideTheProxySabotages: readonly Sabotage[] = [
  {
    claim: 'P-02',
    name: 'a firewall closes the ports that the proxies redirect to',
    alone: true,
    break: (_lab, cluster) =>
      withTable(
        cluster,
        'chain c { type filter hook input priority 0; policy accept; iifname "pod*" ct status dnat tcp dport 1024-65535 drop; }',
      ),
    expected: /an answer to every request while all pods are well/,
    observed: /no answer/,
  },
  {
    claim: 'P-04',
    name: 'the proxies do not hear that another mode is asked for',
    alone: true,
    break: (_lab, cluster) => stopped(cluster, proxiesOf(cluster)),
    expected: /a proxy on \S+ that tells its mode/,
    observed: /no answer at its metrics port/,
  },
];

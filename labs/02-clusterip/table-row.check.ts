import { expect } from 'chai';
import { addressAt, contains, parseCidr } from '../../lib/ip.ts';
import { pathOf, resources } from '../../lib/kube/resources.ts';
import type { Check, Lab } from '../lab.ts';

export const tableRow: Check = {
  claims: ['L-04'],
  title: 'the table of Services shows type, cluster IP and port; kubernetes has the first address',
  look: 'kubectl get services --all-namespaces, and the service CIDR in settings.yaml',
  async run(lab) {
    const row = await printedRow(lab, lab.namespace, 'hostname-service-clusterip');
    expect(row['Type'], 'TYPE').to.equal('ClusterIP');
    expect(row['External-IP'], 'EXTERNAL-IP').to.equal('<none>');
    expect(row['Port(s)'], 'PORT(S)').to.equal('8080/TCP');
    const cidr = parseCidr(lab.cluster.serviceCidr);
    const address = row['Cluster-IP'] ?? '';
    expect(contains(cidr, address), `CLUSTER-IP ${address} lies in ${lab.cluster.serviceCidr}`).to.equal(
      true,
    );
    const api = await printedRow(lab, 'default', 'kubernetes');
    expect(api['Cluster-IP'], 'CLUSTER-IP of kubernetes').to.equal(addressAt(cidr, 1));
    expect(api['Port(s)'], 'PORT(S) of kubernetes').to.equal('443/TCP');
    lab.seen(`ClusterIP ${address} 8080/TCP; kubernetes ${api['Cluster-IP']} 443/TCP`);
  },
};

interface Table {
  columnDefinitions: { name: string }[];
  rows: { cells: unknown[] }[];
}

/** The row that `kubectl get service NAME` prints: the server makes the cells, kubectl prints them. */
async function printedRow(lab: Lab, namespace: string, name: string): Promise<Record<string, string>> {
  const text = await lab.client.raw(pathOf(resources.services, { namespace, name }), {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    signal: lab.signal,
  });
  const table = JSON.parse(text) as Table;
  const cells = table.rows[0]?.cells ?? [];
  return Object.fromEntries(table.columnDefinitions.map((column, i) => [column.name, String(cells[i])]));
}

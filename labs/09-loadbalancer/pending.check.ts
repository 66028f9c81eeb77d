import { expect } from 'chai';
import { pathOf, resources } from '../../lib/kube/resources.ts';
import type { Check, Lab } from '../lab.ts';
import { getService } from '../steps/objects.ts';
import { readyAddresses, readyPods } from '../steps/pods.ts';

/** A Service of the lab that asks for an implementation which this cluster does not have. */
export const unclaimed = 'my-nginx-nobody';

export const pending: Check = {
  claims: ['R-02'],
  title: 'without a provider EXTERNAL-IP stays <pending>; describe tells endpoints, node port and affinity',
  look: `kubectl get service ${unclaimed}, and kubectl describe service ${unclaimed}`,
  async run(lab) {
    const pods = await readyPods(lab, 'app=nginx', 2);
    expect(await externalIpOf(lab, unclaimed), 'EXTERNAL-IP of a Service without a provider').to.equal(
      '<pending>',
    );
    const { spec } = await getService(lab, unclaimed);
    const nodePort = spec?.ports?.[0]?.nodePort;
    const endpoints = await readyAddresses(lab, unclaimed);
    expect(endpoints, 'its endpoints').to.deep.equal(pods.map(({ status }) => status?.podIP).sort());
    for (const line of await described(lab)) {
      if (/^Endpoints:/.test(line)) {
        for (const address of endpoints) expect(line, 'the line Endpoints').to.include(`${address}:80`);
      }
      if (/^NodePort:/.test(line))
        expect(line, 'the line NodePort').to.match(new RegExp(`\\b${nodePort}/TCP`));
      if (/^Session Affinity:/.test(line)) expect(line, 'the line Session Affinity').to.match(/None$/);
    }
    lab.seen(`<pending>; NodePort ${nodePort}/TCP, Endpoints ${endpoints.join(', ')}, Session Affinity None`);
  },
};

/** The column EXTERNAL-IP, as the server makes it for `kubectl get service`. */
export async function externalIpOf(lab: Lab, name: string): Promise<string> {
  const text = await lab.client.raw(pathOf(resources.services, { namespace: lab.namespace, name }), {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    signal: lab.signal,
  });
  const table = JSON.parse(text) as {
    columnDefinitions: { name: string }[];
    rows: { cells: unknown[] }[];
  };
  const column = table.columnDefinitions.findIndex(({ name: title }) => title === 'External-IP');
  return String(table.rows[0]?.cells[column]);
}

const lines = ['Endpoints:', 'NodePort:', 'Session Affinity:'];

/** The three lines of `kubectl describe service`; none where the machine has no kubectl, which makes them of the fields above. */
async function described(lab: Lab): Promise<string[]> {
  if (lab.kubectl === undefined) return [];
  const args = ['describe', 'service', unclaimed, '--namespace', lab.namespace];
  const { stdout } = await lab.kubectl(args);
  const found = stdout.split('\n').filter((line) => lines.some((start) => line.startsWith(start)));
  expect(found.length, 'lines Endpoints, NodePort and Session Affinity in kubectl describe').to.equal(3);
  return found;
}

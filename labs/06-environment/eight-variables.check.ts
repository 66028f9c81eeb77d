import { expect } from 'chai';
import type { Check, Lab } from '../lab.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { variablesIn } from './variables.ts';

export const eightVariables: Check = {
  claims: ['L-09'],
  title: 'a pod started after the Service has exactly its eight variables',
  look: 'env | grep HOSTNAME_SERVICE_CLUSTERIP in the pod debug; what was there first, Service or pod?',
  async run(lab) {
    const expected = await eightOf(lab);
    const found = await variablesIn(lab, 'debug', /^HOSTNAME_SERVICE_CLUSTERIP/);
    lab.seen(`${found.length} variables ${name}_…, ${found.find((line) => line.includes('_HOST='))}`);
    expect(found, 'the variables of the Service in the pod').to.deep.equal(expected);
  },
};

const name = 'HOSTNAME_SERVICE_CLUSTERIP';

/** The document's list, for the address that the Service has here; sorted. */
export async function eightOf(lab: Lab): Promise<string[]> {
  const address = await clusterIpOf(lab, 'hostname-service-clusterip');
  return [
    `${name}_SERVICE_HOST=${address}`,
    `${name}_SERVICE_PORT=8080`,
    `${name}_SERVICE_PORT_WEB_PORT=8080`,
    `${name}_PORT=tcp://${address}:8080`,
    `${name}_PORT_8080_TCP=tcp://${address}:8080`,
    `${name}_PORT_8080_TCP_PROTO=tcp`,
    `${name}_PORT_8080_TCP_PORT=8080`,
    `${name}_PORT_8080_TCP_ADDR=${address}`,
  ].sort();
}

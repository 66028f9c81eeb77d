import { expect } from 'chai';
import type { Check } from '../lab.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { variablesIn } from './variables.ts';

export const redisVariables: Check = {
  claims: ['S-07'],
  title: 'redis-master with the port 6379 gives a pod exactly the seven variables of the documents',
  look: 'printenv | grep REDIS_MASTER in the pod debug, beside kubectl get service redis-master',
  async run(lab) {
    const address = await clusterIpOf(lab, 'redis-master');
    const found = await variablesIn(lab, 'debug', /^REDIS_MASTER_/);
    lab.seen(`${found.length} variables REDIS_MASTER_…, address ${address}`);
    expect(found, 'the variables of redis-master in the pod').to.deep.equal(sevenVariables(address));
  },
};

/** The documents' list, for an address of this cluster in place of 10.0.0.11; sorted. */
export function sevenVariables(address: string): string[] {
  const url = `tcp://${address}:6379`;
  return [
    `REDIS_MASTER_SERVICE_HOST=${address}`,
    'REDIS_MASTER_SERVICE_PORT=6379',
    `REDIS_MASTER_PORT=${url}`,
    `REDIS_MASTER_PORT_6379_TCP=${url}`,
    'REDIS_MASTER_PORT_6379_TCP_PROTO=tcp',
    'REDIS_MASTER_PORT_6379_TCP_PORT=6379',
    `REDIS_MASTER_PORT_6379_TCP_ADDR=${address}`,
  ].sort();
}

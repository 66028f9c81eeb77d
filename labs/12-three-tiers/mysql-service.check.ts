import { expect } from 'chai';
import type { Check, Lab } from '../lab.ts';
import { getService, nodesOf } from '../steps/objects.ts';
import { type Look, until } from '../steps/until.ts';
import { greetsOutside, knockFromPod } from './doors.ts';

export const mysqlService: Check = {
  claims: ['Z-04'],
  title: 'the database answers inside the cluster at 33306, and nowhere outside of it',
  look: 'kubectl describe service mysql-service: its type and its ports',
  async run(lab) {
    const { spec } = await getService(lab, 'mysql-service');
    const address = spec?.clusterIP ?? '';
    const greeting = await greets(lab, address);
    const wrong = await knockFromPod(lab, 'debug', address, 3306);
    expect(wrong.open, `the container's port 3306 at the cluster IP is open`).to.equal(false);
    await closedOutside(lab, address);
    lab.seen(`inside ${address}:33306 says ${versionIn(greeting)}; outside every door is closed`);
  },
};

async function greets(lab: Lab, address: string): Promise<string> {
  return until(
    lab,
    async (): Promise<Look<string>> => {
      const { open, greeting } = await knockFromPod(lab, 'debug', address, 33_306);
      if (greeting !== '') return { found: greeting };
      return { yet: open ? 'an open port that says nothing' : 'a closed port' };
    },
    { expected: `mysql's greeting at ${address}:33306`, timeoutMs: 5000 },
  );
}

/** Neither the cluster IP nor any node lets an outsider in, at the Service's port or at the container's. */
export async function closedOutside(lab: Lab, clusterIp: string): Promise<void> {
  const addresses = [clusterIp, ...(await nodesOf(lab)).map(({ address }) => address)];
  const doors = addresses.flatMap((address) => [33_306, 3306].map((port) => ({ address, port })));
  const tried = await Promise.all(
    doors.map(async ({ address, port }) => ({
      door: `${address}:${port}`,
      greets: await greetsOutside(lab, address, port),
    })),
  );
  const open = tried.filter((each) => each.greets).map(({ door }) => door);
  expect(open, 'the doors at which the database answers outside').to.deep.equal([]);
}

/** The server's version, which its greeting begins with (MySQL's Handshake V10). */
function versionIn(greeting: string): string {
  return /\d+\.\d+\.\d+[\w-]*?stand-in|\d+\.\d+\.\d+/.exec(greeting)?.[0] ?? 'something';
}

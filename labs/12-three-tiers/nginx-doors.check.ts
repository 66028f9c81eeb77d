import { expect } from 'chai';
import type { Check, Lab } from '../lab.ts';
import { getService, nodesOf } from '../steps/objects.ts';
import { ipOf, readyPods } from '../steps/pods.ts';
import { type Look, until } from '../steps/until.ts';
import { knockFromPod, opensFrom, outside } from './doors.ts';

export const nginxDoors: Check = {
  claims: ['Z-05'],
  title: 'port, targetPort and nodePort are three doors: each opens at its own address, and only there',
  look: 'kubectl get service,endpointslices: which number belongs to which address',
  async run(lab) {
    const { spec } = await getService(lab, 'nginx-service');
    const [pod] = await readyPods(lab, 'name=nginx-pod', 1);
    const nodePort = spec?.ports?.[0]?.nodePort ?? 0;
    await doorsAreRight(lab, spec?.clusterIP ?? '', pod ? ipOf(pod) : '', nodePort);
    lab.seen(`30080 at the cluster IP, ${nodePort} at each node from outside, 80 at the pod`);
  },
};

/** Knocks at every door. The proxies hear of a Service a moment later than the API, so those that must open get a few seconds. */
export async function doorsAreRight(
  lab: Lab,
  clusterIp: string,
  podIp: string,
  nodePort: number,
  timeoutMs = 5000,
): Promise<void> {
  const nodes = (await nodesOf(lab)).map(({ address }) => address);
  const inside = async (address: string, port: number): Promise<Door> => {
    const { open } = await knockFromPod(lab, 'debug', address, port);
    return { name: `${address}:${port} inside`, open };
  };
  const fromOutside = async (address: string, port: number): Promise<Door> => {
    return { name: `${address}:${port} outside`, open: await opensFrom(lab, outside, address, port) };
  };
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const doors = await Promise.all([
        inside(clusterIp, 30_080),
        inside(podIp, 80),
        ...nodes.map((node) => fromOutside(node, nodePort)),
      ]);
      const shut = doors.filter(({ open }) => !open).map(({ name }) => name);
      return shut.length === 0 ? { found: true } : { yet: `closed: ${shut.join(', ')}` };
    },
    { expected: 'all three doors open', timeoutMs },
  );
  const wrong = await Promise.all([
    inside(clusterIp, 80),
    inside(clusterIp, nodePort),
    ...nodes.map((node) => fromOutside(node, 30_080)),
  ]);
  const open = wrong.filter((door) => door.open).map(({ name }) => name);
  expect(open, 'doors that are open where they should not be').to.deep.equal([]);
}

interface Door {
  name: string;
  open: boolean;
}

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
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const shut: string[] = [];
      for (const [address, port] of [
        [clusterIp, 30_080],
        [podIp, 80],
      ] as const) {
        const { open } = await knockFromPod(lab, 'debug', address, port);
        if (!open) shut.push(`${address}:${port} inside`);
      }
      for (const node of nodes)
        if (!(await opensFrom(lab, outside, node, nodePort))) shut.push(`${node}:${nodePort} outside`);
      return shut.length === 0 ? { found: true } : { yet: `closed: ${shut.join(', ')}` };
    },
    { expected: 'all three doors open', timeoutMs },
  );
  const open: string[] = [];
  for (const port of [80, nodePort])
    if ((await knockFromPod(lab, 'debug', clusterIp, port)).open) open.push(`${clusterIp}:${port}`);
  if (await opensFrom(lab, outside, nodes[0] ?? '', 30_080)) open.push(`${nodes[0]}:30080 outside`);
  expect(open, 'doors that are open where they should not be').to.deep.equal([]);
}

import { demand } from '../check-failure.ts';
import type { Lab } from '../lab.ts';
import { nodesOf } from '../steps/objects.ts';

/** A machine of the class network that is no part of the cluster. */
export const outside = 'outside';

/** What the administrator of the network outside does for external addresses: leads them to a node. */
export async function leadToNode(lab: Lab, address: string): Promise<void> {
  const [last] = (await nodesOf(lab)).slice(-1);
  const argv = ['ip', 'route', 'replace', `${address}/32`, 'via', last?.address ?? ''];
  const { exitCode, stderr } = await lab.onNode(outside, argv);
  demand(exitCode === 0, { expected: `a route outside to ${address}`, observed: stderr.trim() });
}

/** Takes the route back; one that is not there is fine. */
export async function leadNowhere(lab: Lab, address: string): Promise<void> {
  await lab.onNode(outside, ['ip', 'route', 'del', `${address}/32`]);
}

/** Whether the machine outside has a route of its own to the address. */
export async function isLed(lab: Lab, address: string): Promise<boolean> {
  const { stdout } = await lab.onNode(outside, ['ip', 'route', 'show', address]);
  return stdout.trim() !== '';
}

import { run } from '../../../lib/exec.ts';
import type { NodeObject } from './node-status.ts';

/** Ways to other nodes' pods: podCIDR → node address. */
export type Routes = ReadonlyMap<string, string>;

/** Marks the routes that this agent made, so that it removes no others. */
const protocol = '77';

/** The routes that node `self` needs, one for each other node that has a podCIDR and an address; as flannel's host-gw. */
export function routesFor(self: string, nodes: readonly NodeObject[]): Routes {
  const routes = new Map<string, string>();
  for (const node of nodes) {
    const podCidr = node.spec?.podCIDR;
    const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    if (node.metadata?.name !== self && podCidr && address) routes.set(podCidr, address);
  }
  return routes;
}

/** Makes the kernel's routes match. Throws ExecError. */
export async function applyRoutes(wanted: Routes): Promise<void> {
  const { stdout } = await run('ip', ['-j', 'route', 'show', 'proto', protocol]);
  const present = new Map(
    (JSON.parse(stdout || '[]') as { dst: string; gateway: string }[]).map(({ dst, gateway }) => [
      dst,
      gateway,
    ]),
  );
  const lines = [
    ...[...present.keys()]
      .filter((cidr) => !wanted.has(cidr))
      .map((cidr) => `route del ${cidr} proto ${protocol}`),
    ...[...wanted]
      .filter(([cidr, via]) => present.get(cidr) !== via)
      .map(([cidr, via]) => `route replace ${cidr} via ${via} proto ${protocol}`),
  ];
  if (lines.length > 0) await run('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
}

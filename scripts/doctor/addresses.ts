import { overlaps, parseLooseCidr } from '../../lib/ip.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { complaint, shell } from '../cli/shell.ts';
import { type Finding, good, remark } from './check.ts';

/** Whether the host itself has routes into the cluster's networks. For the sandbox that is no conflict; it is good to know. */
export async function addressFindings(settings: Settings, signal: AbortSignal): Promise<Finding[]> {
  try {
    const { stdout } = await shell(signal)`ip -json -4 route show table all`;
    return routeFindings(settings, JSON.parse(stdout) as HostRoute[]);
  } catch (error) {
    return [remark('addresses', complaint(error))];
  }
}

export interface HostRoute {
  dst: string;
  dev?: string;
}

/** The pure part of addressFindings. */
export function routeFindings({ network }: Settings, routes: readonly HostRoute[]): Finding[] {
  const own = { nodes: network.nodes, pods: network.pods, services: network.services };
  const findings = Object.entries(own).flatMap(([name, cidr]) => {
    const route = routes.find(
      ({ dst }) => isNetwork(dst) && overlaps(parseLooseCidr(full(dst)), parseLooseCidr(cidr)),
    );
    if (!route) return [];
    const where = `this machine has a route to ${route.dst}${route.dev ? ` (${route.dev})` : ''}`;
    return [
      remark(
        'addresses',
        `${where}, which overlaps network.${name} ${cidr}: no conflict for the sandbox, whose network is its own; for virtual machines it would be one`,
      ),
    ];
  });
  return findings.length > 0
    ? findings
    : [good('addresses', "no route of this machine overlaps the cluster's networks")];
}

function isNetwork(dst: string): boolean {
  return /^[\d.]+(\/\d+)?$/.test(dst);
}

function full(dst: string): string {
  return dst.includes('/') ? dst : `${dst}/32`;
}

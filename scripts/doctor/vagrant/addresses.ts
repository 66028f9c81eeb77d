import { overlaps, parseCidr, parseLooseCidr } from '../../../lib/ip.ts';
import type { Settings } from '../../../lib/settings/settings.ts';
import { complaint, shell } from '../../cli/shell.ts';
import type { HostRoute } from '../addresses.ts';
import { bad, type Finding, good, remark } from '../check.ts';

/** Whether this computer's own routes overlap the cluster's networks. */
export async function checkAddresses(settings: Settings, signal: AbortSignal): Promise<Finding[]> {
  try {
    const { stdout } = await shell(signal)`ip -json -4 route show table main`;
    return overlapFindings(settings, JSON.parse(stdout) as HostRoute[]);
  } catch (error) {
    return [remark('addresses', complaint(error))];
  }
}

/**
 * The pure part. The nodes' network must be this computer's alone to give: only the bridge of the machines themselves may have it.
 * Pods' and virtual addresses exist inside the machines only, where an overlap with this computer's networks (docker0 has
 * 172.17.0.0/16 of old) is no conflict; machines then cannot reach what lies there.
 */
export function overlapFindings({ network }: Settings, routes: readonly HostRoute[]): Finding[] {
  const clash = (cidr: string) =>
    routes.find(({ dst, dev = '' }) => {
      if (!/^[\d.]+(\/\d+)?$/.test(dst) || /^(virbr|vboxnet)/.test(dev)) return false;
      return overlaps(parseLooseCidr(dst.includes('/') ? dst : `${dst}/32`), parseCidr(cidr));
    });
  const lan = clash(network.nodes);
  const findings = [
    ...(lan ? [nodesClash(network.nodes, lan)] : []),
    ...(['pods', 'services'] as const).flatMap((name) => {
      const route = clash(network[name]);
      return route ? [innerClash(name, network[name], route)] : [];
    }),
  ];
  return findings.length > 0
    ? findings
    : [good('addresses', "no route of this computer overlaps the cluster's networks")];
}

function nodesClash(cidr: string, { dst, dev }: HostRoute): Finding {
  const message = `network.nodes ${cidr} overlaps this computer's route to ${dst}${dev ? ` (${dev})` : ''}`;
  return bad('addresses', message, 'other addresses in nodes and network of the settings');
}

function innerClash(name: string, cidr: string, { dst, dev }: HostRoute): Finding {
  const docker = dev === 'docker0' ? ", docker's own" : '';
  const where = `this computer's route to ${dst}${dev ? ` (${dev}${docker})` : ''}`;
  return remark(
    'addresses',
    `network.${name} ${cidr} overlaps ${where}: no conflict, but pods cannot reach what lies there`,
  );
}

import type { Family } from '../../../lib/ip.ts';
import { type Entry, hostPort, type Server, type SetName, setNames, setTypes } from './objects.ts';

/** The dummy device that carries the virtual addresses; kube-proxy's name. */
export const device = 'kube-ipvs0';

/** The name of an ipset (at most 31 characters: IPSET_MAXNAMELEN). */
export function setName(family: Family, set: SetName): string {
  return `WORKSHOP-${family === 'IPv6' ? '6-' : ''}${set}`;
}

/** ipset lines that make sure of all our sets. Their size is a limit, not a reservation. */
export function createSetLines(family: Family): string[] {
  return setNames.map((set) => {
    const marks = set === 'MARKS' ? ' skbinfo' : '';
    const inet = family === 'IPv6' ? 'inet6' : 'inet';
    return `create -exist ${setName(family, set)} ${setTypes[set]} family ${inet} maxelem 1048576${marks}`;
  });
}

/** An ipset line. An element that is there, or gone, already is no error. */
export function entryLine(
  verb: 'add' | 'del',
  family: Family,
  { set, element, mark }: Pick<Entry, 'set' | 'element' | 'mark'>,
): string {
  const skb = verb === 'add' && mark !== undefined ? ` skbmark 0x${mark.toString(16)}` : '';
  return `${verb} -exist ${setName(family, set)} ${element}${skb}`;
}

/** An ipvsadm line for a virtual server: add, edit or delete. */
export function serverLine(verb: 'A' | 'E' | 'D', server: Server): string {
  const to = `-${verb} ${selector(server)}`;
  if (verb === 'D') return to;
  const persistence = server.persistence > 0 ? ` -p ${server.persistence}` : '';
  const flags = server.flags === '' ? '' : ` -b ${server.flags}`;
  return `${to} -s ${server.scheduler}${persistence}${flags}`;
}

/** An ipvsadm line for a real server, reached by rewriting addresses (`-m`). */
export function realLine(verb: 'a' | 'e' | 'd', server: Server, real: string, weight = 1): string {
  const at = `-${verb} ${selector(server)} -r ${real}`;
  return verb === 'd' ? at : `${at} -m -w ${weight}`;
}

/** What names a virtual server on ipvsadm's command line. */
export function selector({ at, protocol, family }: Server): string {
  if ('mark' in at) return family === 'IPv6' ? `-f ${at.mark} -6` : `-f ${at.mark}`;
  return `${protocolOptions[protocol]} ${hostPort(at.address, at.port)}`;
}

const protocolOptions = { TCP: '-t', UDP: '-u', SCTP: '--sctp-service' } as const;

/**
 * A line for `ip -batch`. IPv6 addresses are "deprecated" from the start: otherwise the kernel might take one for the source of
 * something else, masquerading above all, as it prefers the address that resembles the destination's most (RFC 6724, rule 8).
 */
export function addressLine(verb: 'add' | 'del', address: string): string {
  const tail = address.includes(':') ? '/128' : '/32';
  const once = verb === 'add' && address.includes(':') ? ' nodad preferred_lft 0' : '';
  return `addr ${verb === 'add' ? 'replace' : 'del'} ${address}${tail} dev ${device}${once}`;
}

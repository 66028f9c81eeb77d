import { createHash } from 'node:crypto';
import { run } from '../../../lib/exec.ts';
import { addressToBits } from '../../../lib/ip.ts';
import type { ProcessId } from './process-id.ts';

/** Pods reach their node at this link-local address, as with Calico. */
const gateway = '169.254.1.1';
/** The node's end of every pod's cable; pods know it beforehand, so nobody has to answer ARP for the gateway. */
const gatewayMac = 'ee:ee:ee:ee:ee:ee';

/** Name of the node's end of a pod's cable: at most 15 characters, the same for the same pod. */
export function linkNameOf(uid: string): string {
  return `pod${createHash('sha256').update(uid).digest('hex').slice(0, 11)}`;
}

/**
 * Connects a pod by a virtual cable: routed, not bridged, so that each of its packets passes the node's own rules.
 * Throws ExecError.
 */
export async function connectPod(uid: string, holder: ProcessId, address: string): Promise<void> {
  const link = linkNameOf(uid);
  const mac = macOf(address);
  await run('ip', ['-batch', '-'], {
    input: [
      `link add ${link} address ${gatewayMac} type veth peer name eth0 address ${mac} netns ${holder.pid}`,
      `link set ${link} up`,
      `neigh replace ${address} lladdr ${mac} dev ${link} nud permanent`,
      `route replace ${address}/32 dev ${link} scope link`,
      '',
    ].join('\n'),
  });
  await run('nsenter', ['-t', String(holder.pid), '-n', '--', 'ip', '-batch', '-'], {
    input: [
      'link set lo up',
      `addr add ${address}/32 dev eth0`,
      'link set eth0 up',
      `neigh replace ${gateway} lladdr ${gatewayMac} dev eth0 nud permanent`,
      `route add ${gateway} dev eth0 scope link`,
      `route add default via ${gateway} dev eth0`,
      '',
    ].join('\n'),
  });
}

/** Removes the pod's cable; that there is none (any more) is fine. */
export async function disconnectPod(uid: string): Promise<void> {
  await run('ip', ['link', 'delete', linkNameOf(uid)], { okCodes: [0, 1, 2] });
}

function macOf(address: string): string {
  const hex = (addressToBits(address) & 0xffffffffn).toString(16).padStart(8, '0');
  return `02:00:${hex.replace(/(..)(?=.)/g, '$1:')}`;
}

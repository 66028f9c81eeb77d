import { run } from '../../lib/exec.ts';
import type { Family } from '../../lib/ip.ts';
import type { Unit } from '../model/unit.ts';
import { parseFlows } from './flows.ts';
import { staleFlows } from './stale.ts';

/** Ends the UDP flows that `staleFlows` finds in the kernel. Resolves with the number of kinds of flow that were ended. */
export async function cleanUdpFlows(
  family: Family,
  units: Iterable<Unit>,
  nodePortIps: readonly string[],
  gone: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<number> {
  const of = family === 'IPv4' ? 'ipv4' : 'ipv6';
  const { stdout } = await run('conntrack', ['-L', '-f', of, '-p', 'udp'], { signal, timeoutMs: 30_000 });
  const stale = staleFlows(parseFlows(stdout), units, nodePortIps, gone);
  for (const flow of stale) {
    const ports = ['--dport', String(flow.destinationPort), '--reply-port-src', String(flow.serverPort)];
    const addresses = ['--orig-dst', flow.destination, '--reply-src', flow.server];
    // Exit code 1: the flow ended by itself meanwhile.
    const args = ['-D', '-f', of, '-p', 'udp', ...addresses, ...ports];
    await run('conntrack', args, { signal, timeoutMs: 30_000, okCodes: [0, 1] });
  }
  return stale.length;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { codeOf } from '../../../lib/errors.ts';
import { ExecError, run } from '../../../lib/exec.ts';
import type { Family } from '../../../lib/ip.ts';
import { restoreSets } from './apply.ts';
import type { IpvsOptions } from './options.ts';
import { createSetLines, device } from './text.ts';

/** Makes sure of what everything else stands on: settings of the kernel, the ipsets, and the dummy device when there is none. */
export async function prepare(
  family: Family,
  options: IpvsOptions,
  hasDevice: boolean,
  signal?: AbortSignal,
): Promise<void> {
  for (const [name, value] of settings(options)) writeSetting(name, value);
  const { tcp = 0, tcpFin = 0, udp = 0 } = options.timeouts ?? {};
  if (tcp + tcpFin + udp > 0) {
    await run('ipvsadm', ['--set', `${tcp}`, `${tcpFin}`, `${udp}`], { signal, timeoutMs: 30_000 });
  }
  await restoreSets(createSetLines(family), signal);
  if (!hasDevice) await createDevice(signal);
}

function settings({ strictArp }: IpvsOptions): [string, string][] {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  const beforeReuseFix = major < 5 || (major === 5 && minor < 9);
  return [
    // Without it, IPVS' packets carry no connection that could be masqueraded.
    ['net/ipv4/vs/conntrack', '1'],
    // A connection whose real server is gone ends now, not after its timeout.
    ['net/ipv4/vs/expire_nodest_conn', '1'],
    // Clients with affinity leave a real server that is being drained.
    ['net/ipv4/vs/expire_quiescent_template', '1'],
    ['net/ipv4/ip_forward', '1'],
    // A client's port that is used anew waited a second there (kubernetes issue 81775).
    ...(beforeReuseFix ? [['net/ipv4/vs/conn_reuse_mode', '0'] as [string, string]] : []),
    ...(strictArp ? arpSettings : []),
  ];
}

const arpSettings: [string, string][] = [
  ['net/ipv4/conf/all/arp_ignore', '1'],
  ['net/ipv4/conf/all/arp_announce', '2'],
];

/** A setting that the kernel does not have is passed over; one that is right already need not be writable. */
function writeSetting(name: string, value: string): void {
  const file = `/proc/sys/${name}`;
  try {
    if (readFileSync(file, 'utf8').trim() !== value) writeFileSync(file, value);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/**
 * Up, for the addresses of IPv6 work on no other; without a link-local one, which nobody asked for. The other family's backend may
 * be making it at this moment.
 */
async function createDevice(signal?: AbortSignal): Promise<void> {
  const ip = (...args: string[]) => run('ip', ['link', ...args], { signal, timeoutMs: 30_000 });
  await ip('add', device, 'type', 'dummy').catch((error: unknown) => {
    if (!(error instanceof ExecError && error.stderr.includes('File exists'))) throw error;
  });
  await ip('set', device, 'addrgenmode', 'none');
  await ip('set', device, 'up');
}

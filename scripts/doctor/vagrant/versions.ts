import { existsSync, readFileSync } from 'node:fs';
import { ExecError, run } from '../../../lib/exec.ts';
import { contains, parseCidr, parseLooseCidr } from '../../../lib/ip.ts';
import type { Provider, Settings } from '../../../lib/settings/settings.ts';
import { bad, type Finding, good } from '../check.ts';

/** Vagrant, its plugin or VirtualBox, and whether they fit together. */
export async function checkVersions(provider: Provider, signal: AbortSignal): Promise<Finding[]> {
  const vagrant = await versionOf('vagrant', ['--version'], signal);
  if (vagrant === undefined) {
    const packages = provider === 'libvirt' ? 'vagrant vagrant-libvirt' : 'vagrant virtualbox';
    return [bad('vagrant', 'Vagrant is not installed', `sudo apt-get install -y ${packages}`)];
  }
  const found = good('vagrant', `Vagrant ${vagrant}`);
  return [found, provider === 'libvirt' ? await plugin(signal) : fits(vagrant, await virtualBox(signal))];
}

async function plugin(signal: AbortSignal): Promise<Finding> {
  const list = await run('vagrant', ['plugin', 'list'], { signal, timeoutMs: 60_000 }).catch(ignoreMissing);
  const version = /vagrant-libvirt \(([\d.]+)/.exec(list?.stdout ?? '')?.[1];
  return version === undefined
    ? bad('vagrant-plugin', 'Vagrant has no plugin for libvirt', 'sudo apt-get install -y vagrant-libvirt')
    : good('vagrant-plugin', `vagrant-libvirt ${version}`);
}

async function virtualBox(signal: AbortSignal): Promise<string | undefined> {
  return versionOf('VBoxManage', ['--version'], signal);
}

/** Each VirtualBox needs a Vagrant that knows it: the first Vagrant that has a driver for it (Vagrant's CHANGELOG). */
const firstVagrant: readonly (readonly [virtualBox: string, vagrant: string])[] = [
  ['7.2', '2.4.8'],
  ['7.1', '2.4.2'],
  ['7.0', '2.3.2'],
  ['6.1', '2.2.7'],
];

/** The pure part of checkVersions for VirtualBox. */
export function fits(vagrant: string, virtualBox: string | undefined): Finding {
  const id = 'virtualbox';
  if (virtualBox === undefined) {
    return bad(id, 'VirtualBox is not installed', 'install it, or `provider: libvirt` in the settings');
  }
  const known = firstVagrant.find(([version]) => virtualBox.startsWith(`${version}.`));
  const both = `VirtualBox ${virtualBox} and Vagrant ${vagrant}`;
  if (known === undefined)
    return bad(id, `${both}: no Vagrant is known here that drives it`, 'VirtualBox 7.1');
  const [, needed] = known;
  return compare(vagrant, needed) >= 0
    ? good(id, `${both} fit together`)
    : bad(
        id,
        `${both} do not fit together: it takes Vagrant ${needed} or newer`,
        `Vagrant ${needed}, or an older VirtualBox`,
      );
}

function compare(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  const at = (x ?? []).findIndex((part, index) => part !== y?.[index]);
  return at < 0 ? 0 : (x?.[at] ?? 0) - (y?.[at] ?? 0);
}

const networksFile = '/etc/vbox/networks.conf';

/** VirtualBox gives host-only networks addresses only from what this file allows; without it, from 192.168.56.0/21. */
export function checkHostOnly({ network }: Settings, text = read(networksFile)): Finding[] {
  const allowed = [...(text ?? '').matchAll(/^\s*\*\s+(.+)$/gm)]
    .flatMap(([, list = '']) => list.trim().split(/\s+/))
    .filter((cidr) => cidr.includes('.'));
  const ranges = allowed.length > 0 ? allowed : ['192.168.56.0/21'];
  const lan = parseCidr(network.nodes);
  const covered = ranges.map(parseLooseCidr).some((range) => {
    return range.prefix <= lan.prefix && contains(range, network.nodes.split('/')[0] ?? '');
  });
  return covered
    ? [good('vbox-networks', `VirtualBox allows ${network.nodes}`)]
    : [
        bad(
          'vbox-networks',
          `VirtualBox refuses ${network.nodes}: it allows ${ranges.join(', ')}`,
          `echo '* ${network.nodes}' | sudo tee -a ${networksFile}`,
        ),
      ];
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

async function versionOf(program: string, args: string[], signal: AbortSignal): Promise<string | undefined> {
  const result = await run(program, args, { signal, timeoutMs: 60_000 }).catch(ignoreMissing);
  return /\d+\.\d+\.\d+/.exec(result?.stdout ?? '')?.[0];
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof ExecError && error.kind !== 'aborted') return undefined;
  throw error;
}

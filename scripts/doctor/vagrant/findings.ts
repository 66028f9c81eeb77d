import type { Environment } from '../../../lib/paths.ts';
import type { Settings } from '../../../lib/settings/settings.ts';
import type { Finding } from '../check.ts';
import { checkAddresses } from './addresses.ts';
import { checkLibvirt } from './libvirt.ts';
import { checkKvm, checkRoom } from './machine.ts';
import { checkBox, checkBundle } from './parts.ts';
import { checkProxies } from './proxies.ts';
import { checkHostOnly, checkVersions } from './versions.ts';

export interface MachineProbe {
  readonly settings: Settings;
  readonly env: Environment;
  /** The folder of the bundle. */
  readonly bundle: string;
  readonly signal: AbortSignal;
}

/** Everything that virtual machines need of this computer; what is missing keeps `up` from beginning. */
export async function machineFindings(probe: MachineProbe): Promise<Finding[]> {
  const { settings, env, bundle, signal } = probe;
  const { provider } = settings.vagrant;
  return [
    ...(await checkVersions(provider, signal)),
    ...(provider === 'libvirt' ? await checkLibvirt(signal) : checkHostOnly(settings)),
    ...checkKvm(settings.vagrant),
    ...checkRoom(settings, env),
    ...checkBox(settings, env),
    ...checkBundle(bundle),
    ...(await checkAddresses(settings, signal)),
    ...checkProxies(settings, env),
  ];
}

import { didYouMean } from '../../../lib/suggest.ts';
import { usageError } from '../../cli/failure.ts';
import { bundle } from './bundle.ts';
import { controlPlane, joinWorkers } from './control-plane.ts';
import { loadBalancer } from './load-balancer.ts';
import { machines } from './machines.ts';
import { network } from './network.ts';
import { preflight } from './preflight.ts';
import { provision } from './provision.ts';
import { proxy } from './proxy.ts';
import { dns, ready } from './ready.ts';
import type { Phase } from './work.ts';

/** From nothing to a cluster, in this order. */
export const phases: readonly Phase[] = [
  preflight,
  bundle,
  network,
  machines,
  provision,
  controlPlane,
  joinWorkers,
  proxy,
  loadBalancer,
  dns,
  ready,
];

/** The phases from the named one on. Throws WorkshopError `usage` for one that is not there. */
export function phasesFrom(name: string | undefined): readonly Phase[] {
  if (name === undefined) return phases;
  const names = phases.map((phase) => phase.name);
  const at = names.indexOf(name);
  if (at >= 0) return phases.slice(at);
  throw usageError(`--from "${name}" is none of ${names.join(', ')}${didYouMean(name, names)}`);
}

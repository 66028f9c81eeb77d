import { resolve } from 'node:path';
import { readBundle } from '../../lib/bundle/bundle.ts';
import { requirePresent } from '../../lib/bundle/present.ts';
import { type ControlPlane, embedded, readControlPlane } from '../../lib/cluster/control-plane.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { bundleFolder, type ClusterPaths } from '../../lib/paths.ts';
import type { Context } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';

/**
 * What is to serve the API: `--control-plane`, else what the state that is there was made with, else our own. The programs of
 * the bundle must be there. Throws WorkshopError `usage` or `environment`.
 */
export async function chooseControlPlane(context: Context, paths: ClusterPaths): Promise<ControlPlane> {
  const before = readControlPlane(paths);
  const wanted = wantedControlPlane(context) ?? before?.kind ?? 'embedded';
  if (before !== undefined && before.kind !== wanted) {
    const message = `could not start ${paths.name} with the ${wanted} control plane: its state is of the ${before.kind} one`;
    throw new WorkshopError('environment', message, { advice: 'workshop down, which removes that state' });
  }
  if (wanted === 'embedded') return embedded;
  const flag = context.flags['bundle'];
  const used = before?.kind === 'kubernetes' ? before.bundle : bundleFolder(context.env);
  const folder = typeof flag === 'string' ? resolve(flag) : used;
  requirePresent(readBundle(folder), programs);
  return { kind: 'kubernetes', bundle: folder };
}

const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'coredns'].map(
  (name) => `bin/${name}`,
);

/** What the command line asks for, if it does. A bundle is only for the one of Kubernetes. Throws WorkshopError `usage`. */
export function wantedControlPlane({ flags }: Context): ControlPlane['kind'] | undefined {
  const which = flags['control-plane'] ?? (flags['bundle'] === undefined ? undefined : 'kubernetes');
  if (which === undefined || which === 'embedded' || which === 'kubernetes') return which;
  throw usageError(
    `--control-plane "${String(which)}" is neither embedded nor kubernetes`,
    'workshop up --help',
  );
}

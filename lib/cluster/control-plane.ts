import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../atomic-file.ts';
import type { ClusterPaths } from '../paths.ts';

/** What serves the API in a sandbox: our own programs, or those of Kubernetes from a bundle. */
export type ControlPlane =
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'kubernetes';
      /** The bundle's folder, absolute. */
      readonly bundle: string;
    };

export const embedded: ControlPlane = { kind: 'embedded' };

/** What the cluster's state was made with; undefined when there is no state. */
export function readControlPlane(paths: ClusterPaths): ControlPlane | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(paths), 'utf8')) as ControlPlane;
  } catch {
    return undefined;
  }
}

/** Remembers it for the next start. */
export function writeControlPlane(paths: ClusterPaths, controlPlane: ControlPlane): void {
  writeFileAtomically(fileOf(paths), `${JSON.stringify(controlPlane)}\n`);
}

function fileOf(paths: ClusterPaths): string {
  return join(paths.root, 'control-plane.json');
}

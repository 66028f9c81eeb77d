import { join } from 'node:path';
import { writeFileAtomically } from '../../atomic-file.ts';
import type { ClusterPaths } from '../../paths.ts';
import type { Settings } from '../../settings/settings.ts';
import { readRecord } from '../record.ts';

/** What is written down of a cluster of virtual machines, in `cluster.json`. */
export interface VagrantRecord {
  readonly backend: 'vagrant';
  readonly name: string;
  readonly settings: Settings;
  /** The machines' processors are emulated, which makes them some twenty times slower. */
  readonly emulated: boolean;
  /** Vagrant's own state of the machines (VAGRANT_DOTFILE_PATH). */
  readonly dotfile: string;
  /** The folder of the bundle. */
  readonly bundle: string;
  /** The phases of `up` that are done, in their order; the last one is `ready`. */
  readonly phases: readonly PhaseRecord[];
}

export interface PhaseRecord {
  readonly name: string;
  readonly ms: number;
  /** When it was over (RFC 3339). */
  readonly at: string;
}

/** The record, if the cluster in that folder is one of virtual machines. */
export function readVagrantRecord(file: string): VagrantRecord | undefined {
  const record = readRecord(file) as unknown as VagrantRecord | undefined;
  return record?.backend === 'vagrant' ? record : undefined;
}

/** Writes the record in one step: a reader sees the old one or the new one. Throws Node's errors of files. */
export function writeVagrantRecord(file: string, record: VagrantRecord): void {
  writeFileAtomically(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** How the machines are reached: ssh's own form of configuration file, with a host for each node. */
export function sshConfigFile(paths: ClusterPaths): string {
  return join(paths.root, 'ssh_config');
}

/** The settings as Vagrant reads them: those that the cluster was made with. */
export function machineSettingsFile(paths: ClusterPaths): string {
  return join(paths.root, 'settings.yaml');
}

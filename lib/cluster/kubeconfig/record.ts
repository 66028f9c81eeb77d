import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomically } from '../../atomic-file.ts';
import type { ClusterPaths } from '../../paths.ts';
import type { Settings } from '../../settings/settings.ts';
import { readRecord } from '../record.ts';
import type { NodeAccess, SshSettings } from '../ssh.ts';

/** What is written down of somebody else's cluster, in `cluster.json`: how it is reached, and no secret. */
export interface KubeconfigRecord {
  readonly backend: 'kubeconfig';
  readonly name: string;
  /** The user's own file, absolute. It is read each time, and never written or copied. */
  readonly kubeconfig: string;
  /** The context that was current in it when the record was made. */
  readonly context: string;
  readonly settings: Settings;
  /** The file of `--settings`, absolute; undefined for the repository's own. */
  readonly settingsFile?: string | undefined;
  /** What `--ssh-…` said last. */
  readonly ssh: SshSettings;
  /** In the settings' order. */
  readonly access: Readonly<Record<string, NodeAccess>>;
}

/** The record, if the cluster in that folder is one that `--kubeconfig` named. */
export function readKubeconfigRecord(file: string): KubeconfigRecord | undefined {
  const record = readRecord(file) as unknown as KubeconfigRecord | undefined;
  return record?.backend === 'kubeconfig' ? record : undefined;
}

/** Writes the record in one step, and makes its folder. Throws Node's errors of files. */
export function writeKubeconfigRecord(file: string, record: KubeconfigRecord): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomically(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** The administrator's kubeconfig of any cluster of ours: the user's own file, or the one in the cluster's folder. */
export function kubeconfigOf(paths: ClusterPaths): string {
  return readKubeconfigRecord(paths.record)?.kubeconfig ?? paths.kubeconfig;
}

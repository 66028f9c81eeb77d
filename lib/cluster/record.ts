import { readFileSync } from 'node:fs';
import { writeFileAtomically } from '../atomic-file.ts';
import { codeOf } from '../errors.ts';
import { isAlive, type ProcessIdentity } from '../process-identity.ts';
import type { Settings } from '../settings/settings.ts';

/** What a running cluster writes down for whoever wants to use it: `cluster.json`. */
export interface ClusterRecord {
  readonly name: string;
  /** The process on the host that everything hangs on. */
  readonly supervisor: ProcessIdentity;
  /** The sandbox's pid 1, by its id on the host; missing until it runs. */
  readonly init?: ProcessIdentity | undefined;
  /** True when the sandbox has a user namespace of its own, that is when an ordinary user runs it. */
  readonly userNamespace: boolean;
  /** Port of the API server on 127.0.0.1. */
  readonly apiPort: number;
  /** Ports of 127.0.0.1 that lead to the same port of the first node. */
  readonly published: readonly number[];
  readonly settings: Settings;
  /** RFC 3339 */
  readonly startedAt: string;
}

/** The record of a cluster; undefined when there is none or it is damaged, as after a full disk. */
export function readRecord(file: string): ClusterRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ClusterRecord;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Writes the record in one step: a reader sees the old one or the new one. Throws Node's errors of files. */
export function writeRecord(file: string, record: ClusterRecord): void {
  writeFileAtomically(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** True while the cluster's supervisor runs. */
export function isRunning(record: ClusterRecord | undefined): record is ClusterRecord {
  // The record of virtual machines has none (see vagrant/record.ts).
  return record?.supervisor !== undefined && isAlive(record.supervisor);
}

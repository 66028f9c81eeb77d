import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import { codeOf } from '../../lib/errors.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import type { Outcome, Verification } from './results.ts';

/** The last result for one claim. */
export interface LedgerEntry {
  claim: string;
  lab: string;
  /** Missing in ledgers of before there was more than one. */
  backend?: string;
  title: string;
  outcome: Outcome;
  seen: string;
  seconds: number;
  /** RFC 3339. */
  when: string;
}

export type Ledger = Readonly<Record<string, LedgerEntry>>;

/** The last results on a cluster, by claim; empty when nothing was verified yet or the file is damaged. */
export function readLedger(paths: ClusterPaths): Ledger {
  try {
    return JSON.parse(readFileSync(fileOf(paths), 'utf8')) as Ledger;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Enters the results of a run; claims that it did not touch keep what they had. */
export function enterInLedger(paths: ClusterPaths, verification: Verification, backend: string): void {
  const entries = { ...readLedger(paths) };
  for (const { claims, lab, title, outcome, seen, ms } of verification.results) {
    const seconds = Math.round(ms) / 1000;
    for (const claim of claims) {
      entries[claim] = { claim, lab, backend, title, outcome, seen, seconds, when: verification.startedAt };
    }
  }
  writeFileAtomically(fileOf(paths), `${JSON.stringify(entries, null, 2)}\n`);
}

function fileOf(paths: ClusterPaths): string {
  return join(paths.root, 'results.json');
}

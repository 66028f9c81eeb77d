import { claims } from '../../labs/claims.ts';
import { labs } from '../../labs/index.ts';
import type { Ledger } from '../verify/ledger.ts';

/** A claim of the documents, who teaches and proves it, and what came of it last. */
export interface ClaimRow {
  id: string;
  documents: readonly string[];
  text: string;
  /** The lab whose check proves it. */
  lab: string | undefined;
  /** Steps in which a learner finds it out. */
  steps: readonly string[];
  /** The last result on each backend where it was tried. */
  results: readonly { backend: string; result: string; when: string }[];
  note: string | undefined;
}

/** The ledger's rows, from the last results on each backend. */
export function claimRows(ledgers: Readonly<Record<string, Ledger>>): ClaimRow[] {
  return claims.map(({ id, documents, text }) => ({
    id,
    documents,
    text,
    lab: labs.find(({ checks }) => checks.some((check) => check.claims.includes(id)))?.id,
    steps: labs.flatMap((lab) =>
      (lab.steps ?? []).filter((step) => step.claims.includes(id)).map((step) => `${lab.id}/${step.id}`),
    ),
    results: Object.entries(ledgers).flatMap(([backend, ledger]) => {
      const entry = ledger[id];
      return entry ? [{ backend, result: words[entry.outcome], when: entry.when }] : [];
    }),
    note: notes[id],
  }));
}

/** The words of the table that `verify` prints. */
const words = { passed: 'kept', failed: 'failed', broken: 'no check' } as const;

/** What a table of results alone would not say. */
const notes: Readonly<Record<string, string>> = {
  'P-04':
    'The schedulers need the kernel module ip_vs: where the cluster lacks it, its fallback is proved; npm run test:ipvs proves the rest in an emulated machine with a Debian kernel.',
};

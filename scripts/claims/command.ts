import { claims } from '../../labs/claims.ts';
import { labs } from '../../labs/index.ts';
import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import type { Command } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import { readLedger } from '../verify/ledger.ts';

/** `workshop claims` */
export const ledger: Command = {
  usage: [''],
  description:
    'The ledger: every claim of the documents, the lab that proves it, its last result on this cluster and when.',
  examples: [
    { command: 'workshop claims', does: 'show the ledger' },
    { command: 'workshop claims --json', does: 'the same for programs, with the sentences' },
  ],
  flags: {},
  async run({ out, json, name, env }) {
    const last = readLedger(clusterPaths(name, stateFolder(env)));
    const rows = claims.map(({ id, documents, text }) => ({
      id,
      documents,
      text,
      lab: labs.find(({ checks }) => checks.some((check) => check.claims.includes(id)))?.id,
      result: last[id]?.outcome,
      when: last[id]?.when,
    }));
    if (json) {
      out.json(rows);
      return 0;
    }
    out.line(
      table(
        ['ID', 'LAB', 'RESULT', 'WHEN (UTC)', 'CLAIM'],
        rows.map((row) => [
          row.id,
          row.lab ?? 'none yet',
          row.result === undefined ? '-' : words[row.result],
          row.when?.slice(0, 16).replace('T', ' ') ?? '-',
          shortened(row.text),
        ]),
      ),
    );
    return 0;
  },
};

/** The words of the table that `verify` prints. */
const words = { passed: 'kept', failed: 'failed', broken: 'no check' } as const;

/** The table has 32 other columns or a few more; the whole sentence is in the JSON. */
function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

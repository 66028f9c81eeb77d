import { stateFolder } from '../../lib/paths.ts';
import type { Command } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { table } from '../cli/output.ts';
import { deliver } from '../report/deliver.ts';
import { wrap } from '../verify/report/wrap.ts';
import { renderLedger } from './html.ts';
import { readLedgers } from './ledgers.ts';
import { type ClaimRow, claimRows } from './rows.ts';

/** `workshop claims` */
export const ledger: Command = {
  usage: ['[--every-cluster] [--format FORMAT] [--output FILE]'],
  description:
    'The ledger: every claim of the documents, the lab that proves it and the steps that teach it, its last result and when.',
  examples: [
    { command: 'workshop claims', does: 'show the ledger' },
    { command: 'workshop claims --json', does: 'the same for programs, with the sentences' },
    { command: 'workshop claims --format html --output claims.html', does: 'a page to be shown' },
  ],
  flags: {
    'every-cluster': { type: 'boolean', summary: 'the last results of all clusters of this machine' },
    format: { type: 'string', value: 'FORMAT', summary: 'table, json or html (default: table)' },
    output: { type: 'string', value: 'FILE', summary: 'write to this file' },
  },
  async run(context) {
    const { name, env, flags, json } = context;
    const ledgers = readLedgers(stateFolder(env), flags['every-cluster'] === true ? undefined : name);
    const rows = claimRows(ledgers);
    const format = json ? 'json' : (flags['format'] ?? 'table');
    if (format === 'json') deliver(context, `${JSON.stringify(rows, null, 2)}\n`);
    else if (format === 'html') deliver(context, renderLedger(rows, Object.keys(ledgers)));
    else if (format === 'table') deliver(context, `${asTable(rows)}\n${footnotes(rows)}`);
    else throw usageError(`--format "${format}" is none of table, json, html`);
    return 0;
  },
};

function asTable(rows: readonly ClaimRow[]): string {
  return table(
    ['ID', 'LAB', 'STEP', 'RESULT', 'WHEN (UTC)', 'CLAIM'],
    rows.map(({ id, lab, steps, results, text }) => {
      const [step = 'none yet', ...more] = steps.map((key) => key.split('/')[1] ?? '');
      const latest = [...results].sort((a, b) => (a.when < b.when ? 1 : -1))[0];
      return [
        id,
        lab ?? 'none yet',
        more.length > 0 ? `${step} +${more.length}` : step,
        latest?.result ?? '-',
        latest?.when.slice(0, 16).replace('T', ' ') ?? '-',
        shortened(text),
      ];
    }),
  );
}

function footnotes(rows: readonly ClaimRow[]): string {
  return rows
    .flatMap(({ id, note }) => (note === undefined ? [] : ['', ...wrap(`${id}: ${note}`, 80), '']))
    .join('\n');
}

/** The whole sentence is in the JSON and on the page. */
function shortened(text: string): string {
  return text.length <= 30 ? text : `${text.slice(0, 29)}…`;
}

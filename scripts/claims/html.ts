import { html, page, table } from '../report/html-parts.ts';
import type { ClaimRow } from './rows.ts';

/** The ledger as one page that needs nothing else. */
export function renderLedger(rows: readonly ClaimRow[], backends: readonly string[]): string {
  const kept = rows.filter(({ results }) => results.some(({ result }) => result === 'kept')).length;
  const headings = ['id', 'claim', 'documents', 'check in', 'steps', ...backends, 'note'];
  const cells = rows.map(({ id, text, documents, lab, steps, results, note }) => [
    id,
    text,
    documents.join(', '),
    lab ?? 'none yet',
    steps.join(', '),
    ...backends.map((backend) => {
      const found = results.find((each) => each.backend === backend);
      return found ? `${found.result}, ${found.when.slice(0, 16).replace('T', ' ')} UTC` : '-';
    }),
    note ?? '',
  ]);
  return page('Claims', [
    '<h1>Every claim of the documents</h1>',
    `<p>${html(`${kept} of ${rows.length} claims are kept.`)}</p>`,
    table(headings, cells),
  ]);
}

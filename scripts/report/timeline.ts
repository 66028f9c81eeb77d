import { html } from './html-parts.ts';
import type { Result, TimelineEvent } from './result.ts';

/** A sign for each kind of event, so that nothing hangs on colour. */
const signs: Readonly<Record<TimelineEvent['kind'], string>> = {
  started: '▷',
  predicted: 'P',
  checked: '✗',
  hint: '?',
  solution: 'S',
  solved: 'W',
  reset: '↺',
};

const meaning =
  '▷ began a step, P prediction, ✗ checked and not done, ✓ done, ? hint, S read the solution, W solved by the workshop, ↺ reset';

const left = 160;
const width = 1000;
const rowHeight = 26;

/** Who did what when, as a drawing with a row for each learner; every sign says in words what it stands for. */
export function renderTimeline(results: readonly Result[]): string {
  const times = results.flatMap(({ events }) => events.map(({ at }) => Date.parse(at)));
  if (times.length === 0) return '<p>Nothing has happened yet.</p>';
  const from = Math.min(...times);
  const span = Math.max(60_000, Math.max(...times) - from);
  const x = (at: string) => left + ((Date.parse(at) - from) / span) * (width - left - 40);
  const height = results.length * rowHeight + 30;
  const rows = results.map(({ learner, events }, row) => {
    const y = row * rowHeight + 20;
    const marks = events.map((event) => mark(event, x(event.at), y)).join('');
    return `<text x="4" y="${y}">${html(learner.slice(0, 22))}</text>${marks}`;
  });
  const axis = `<text x="${left}" y="${height - 6}">${clock(from)}</text><text x="${width - 110}" y="${height - 6}">${clock(from + span)}</text>`;
  return `<p>${meaning}.</p>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Timeline; the tables say the same">${rows.join('\n')}${axis}</svg>`;
}

function mark({ kind, ok, step, at, note }: TimelineEvent, x: number, y: number): string {
  const sign = kind === 'checked' && ok ? '✓' : signs[kind];
  const words = `${clock(Date.parse(at))} ${step}: ${kind}${note === undefined ? '' : `, ${note}`}`;
  return `<text x="${x.toFixed(1)}" y="${y}">${sign}<title>${html(words)}</title></text>`;
}

function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

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

const meaningOfSigns =
  '▷ began the step, P prediction, ✗ checked and not done, ✓ done, ? hint, S read the solution, W solved by the workshop, ↺ reset';
const meaningOfBars =
  'Each bar is a step, from its beginning until it was done, with the number of its lab; one that ends in … is not done yet';

const left = 260;
const width = 1200;
const rowHeight = 26;
const signWidth = 13;

/**
 * Who did what when, as a drawing: for one learner a row for each step with every event, for several a row for each learner with a
 * bar for each step. Everything in it says in words what it stands for.
 */
export function renderTimeline(results: readonly Result[]): string {
  const times = results.flatMap(({ events }) => events.map(({ at }) => Date.parse(at)));
  if (times.length === 0) return '<p>Nothing has happened yet.</p>';
  const from = Math.min(...times);
  const span = Math.max(60_000, Math.max(...times) - from);
  const x = (at: string) => left + ((Date.parse(at) - from) / span) * (width - left - 40);
  const [only] = results;
  const isOne = results.length === 1 && only !== undefined;
  const rows = isOne ? stepRows(only.events, x) : results.map((result) => learnerRow(result, x));
  const height = rows.length * rowHeight + 30;
  const lines = rows.map(({ label, marks }, row) => {
    const y = row * rowHeight;
    const name = `<text x="4" y="${y + 20}">${html(label.slice(0, 40))}</text>`;
    return `${name}<g transform="translate(0 ${y})"><path d="M0 ${rowHeight}H${width}"/>${marks}</g>`;
  });
  const axis = `<text x="${left}" y="${height - 6}">${clock(from)}</text><text x="${width - 4}" y="${height - 6}" text-anchor="end">${clock(from + span)}</text>`;
  return `<p>${isOne ? meaningOfSigns : meaningOfBars}.</p>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Timeline; the tables say the same">${lines.join('\n')}${axis}</svg>`;
}

interface Row {
  label: string;
  marks: string;
}

type Place = (at: string) => number;

function stepRows(events: Result['events'], x: Place): Row[] {
  return [...byStep(events)].map(([step, own]) => {
    let free = 0;
    const marks = own.map((event) => {
      // Signs that stand on one another cannot be read.
      const at = Math.max(x(event.at), free);
      free = at + signWidth;
      return mark(event, at);
    });
    return { label: step, marks: marks.join('') };
  });
}

function mark({ kind, ok, step, at, note }: TimelineEvent, x: number): string {
  const sign = kind === 'checked' && ok ? '✓' : signs[kind];
  const words = `${clock(Date.parse(at))} ${step}: ${kind}${note === undefined ? '' : `, ${note}`}`;
  return `<text x="${x.toFixed(1)}" y="20">${sign}<title>${html(words)}</title></text>`;
}

function learnerRow({ learner, events }: Result, x: Place): Row {
  const bars = [...byStep(events)].map(([step, own]) => bar(step, own, x));
  return { label: learner, marks: bars.join('') };
}

function bar(step: string, events: readonly TimelineEvent[], x: Place): string {
  const first = events[0]?.at ?? '';
  const done = events.find(({ kind, ok }) => kind === 'checked' && ok)?.at;
  const last = done ?? events.at(-1)?.at ?? first;
  const long = Math.max(3, x(last) - x(first) - 1);
  const begun = `${step}: begun ${clock(Date.parse(first))}`;
  const words = `${begun}, ${done === undefined ? 'not done yet' : `done ${clock(Date.parse(done))}`}`;
  const label = `${long < 18 ? '' : step.slice(0, 2)}${done === undefined ? ' …' : ''}`;
  const at = x(first).toFixed(1);
  const box = `<rect x="${at}" y="6" width="${long.toFixed(1)}" height="18" rx="2"${done === undefined ? ' class="open"' : ''}/>`;
  return `<g>${box}<text x="${(x(first) + 2).toFixed(1)}" y="20">${label}</text><title>${html(words)}</title></g>`;
}

function byStep(events: Result['events']): Map<string, TimelineEvent[]> {
  const steps = new Map<string, TimelineEvent[]>();
  for (const event of events) steps.set(event.step, [...(steps.get(event.step) ?? []), event]);
  return steps;
}

function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

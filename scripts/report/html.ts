import { html, page, table } from './html-parts.ts';
import { learnerCells, learnerColumns, ownCells, ownColumns, stepCells, stepColumns } from './markdown.ts';
import type { ReadResults } from './read-results.ts';
import type { Result } from './result.ts';
import { learnerSummary, stepSummaries } from './summary.ts';
import { renderTimeline } from './timeline.ts';

/** One page that needs nothing else: tables of learners and steps, the timeline, each learner's steps, and what is damaged. */
export function renderHtml(results: readonly Result[], damaged: ReadResults['damaged'] = []): string {
  const many = results.length > 1;
  const title = many ? `${results.length} learners` : (results[0]?.learner ?? 'nobody');
  return page(title, [
    `<h1>${html(title)}</h1>`,
    damaged.length === 0
      ? ''
      : `<h2>Files that are not counted</h2>${table(
          ['file', 'why'],
          damaged.map(({ file, why }) => [file, why]),
        )}`,
    many ? `<h2>Learners</h2>${table(learnerColumns, results.map(learnerSummary).map(learnerCells))}` : '',
    '<h2>Timeline</h2>',
    renderTimeline(results),
    many ? `<h2>Steps</h2>${table(stepColumns, stepSummaries(results).map(stepCells))}` : '',
    ...results.map(
      (result) =>
        `<details${many ? '' : ' open'}><summary>${html(result.learner)}</summary>${table(ownColumns, result.steps.map(ownCells))}</details>`,
    ),
  ]);
}

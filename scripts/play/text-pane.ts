import { once } from 'node:events';
import { unwatchFile, watchFile } from 'node:fs';
import type { Context } from '../cli/command.ts';
import { openCourse } from '../learn/course.ts';
import { renderStep } from '../learn/render-step.ts';
import { createPager } from './pager.ts';

/** Shows the step that the learner is at, and the next one as soon as the learner gets there, until the signal. */
export async function showText(context: Context, signal: AbortSignal): Promise<void> {
  const { stdin, stdout } = process;
  const color = !context.env['NO_COLOR'];
  const { store } = openCourse(context);
  let shown: string | undefined;

  function draw(): void {
    const course = openCourse(context);
    const { current } = course;
    if (!current) return;
    const rows = { columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 };
    // One column stays free, so that no line touches the border.
    const page = renderStep(course, current, { width: rows.columns - 1, color });
    if (shown !== current.key) pager.top();
    shown = current.key;
    stdout.write(pager.frame(page.trimEnd().split('\n'), rows));
  }

  const pager = createPager();
  const onKeys = (keys: Buffer) => {
    pager.press(keys.toString('utf8'));
    draw();
  };
  stdin.setRawMode?.(true);
  stdin.on('data', onKeys);
  stdout.on('resize', draw);
  watchFile(store.progressFile, { interval: 300 }, draw);
  try {
    draw();
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    unwatchFile(store.progressFile);
    stdout.off('resize', draw);
    stdin.off('data', onKeys).pause();
    stdin.setRawMode?.(false);
  }
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { WorkshopError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import { programCommand } from '../../lib/programs.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { shellWord } from '../../lib/shell-word.ts';
import type { Command, Context } from '../cli/command.ts';
import { courseFlags, openCourse, startingPoint } from '../learn/course.ts';
import { beginStep, besidePage } from '../learn/enter-step.ts';
import { attach } from '../ssh/attach.ts';
import { openPage } from './page.ts';

/** `workshop play` */
export const play: Command = {
  usage: ['[LAB|STEP] [--lang LANG]'],
  description:
    'The course on one page of the terminal: the text on the left, your shell on the right, below them live whether the step is done\n' +
    'and which pods answer. In the shell type workshop next, hint, verify …; leave it with exit. Needs tmux.',
  examples: [
    { command: 'workshop play', does: 'go on where you were' },
    { command: 'workshop play who-answers', does: 'begin a lab' },
  ],
  flags: courseFlags,
  interactive: true,
  async run(context) {
    await requireTerminal(context.signal);
    const course = openCourse(context);
    const ref = startingPoint(course, context.args);
    const resume = context.args.length === 0;
    const { kubeconfig } = await beginStep(context, course, ref, { resume });
    const [program, ...args] = programCommand('workshop');
    const page = await openPage({
      socket: join(clusterPaths(context.name, stateFolder(context.env)).sockets, `p${process.pid}.sock`),
      size: { columns: process.stdout.columns, rows: process.stdout.rows },
      folder: repositoryRoot(),
      env: shellEnvironment(context, kubeconfig, course.language),
      shell: context.env['SHELL'] || '/bin/sh',
      keys: course.words.keys,
      pane: (name) => [program, ...args, 'play-pane', name, String(process.pid)],
    });
    return showPage(page);
  },
};

async function showPage(page: Awaited<ReturnType<typeof openPage>>): Promise<number> {
  // However we are ended: tmux gives the terminal back as it was when its server ends.
  const close = () => void page.close();
  process.on('SIGTERM', close).on('SIGHUP', close);
  try {
    await attach(page.attachCommand);
    return 0;
  } finally {
    await page.close();
    process.off('SIGTERM', close).off('SIGHUP', close);
  }
}

async function requireTerminal(signal: AbortSignal): Promise<void> {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
    throw new WorkshopError('environment', 'could not open the page: this is no terminal', {
      advice: 'workshop start, which needs none',
    });
  }
  await run('tmux', ['-V'], { signal }).catch((cause: unknown) => {
    throw new WorkshopError('environment', 'could not open the page: there is no tmux', {
      advice: 'apt-get install tmux, or workshop start, which does without',
      cause,
    });
  });
}

/** In the page's shell, `workshop` and `kubectl` need no flags. */
function shellEnvironment(context: Context, kubeconfig: string, language: string): Record<string, string> {
  const paths = clusterPaths(context.name, stateFolder(context.env));
  const folder = join(paths.root, 'bin');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const command = join(repositoryRoot(), 'scripts', 'bin', 'workshop.js');
  writeFileSync(
    join(folder, 'workshop'),
    `#!/bin/sh\nexec ${shellWord(process.execPath)} ${shellWord(command)} "$@"\n`,
    {
      mode: 0o700,
    },
  );
  return {
    KUBECONFIG: kubeconfig,
    PATH: [folder, context.env['PATH'] ?? '/usr/bin:/bin'].join(delimiter),
    WORKSHOP_NAME: context.name,
    WORKSHOP_STATE_DIR: paths.state,
    WORKSHOP_LANG: language,
    [besidePage]: '1',
  };
}

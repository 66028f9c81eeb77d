import { rmSync } from 'node:fs';
import type { Command, Context } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { courseFlags } from '../learn/course.ts';
import { showLive } from './live-pane.ts';
import { showText } from './text-pane.ts';

/** `workshop play-pane text|live OWNER`: what `workshop play` runs in its panes; ends with the process OWNER. */
export const playPane: Command = {
  usage: ['text|live PID'],
  examples: [],
  flags: courseFlags,
  async run(context) {
    const [name, owner] = context.args;
    const over = whenGone(Number(owner), context);
    if (name === 'text') await showText(context, over);
    else if (name === 'live') await showLive(context, over);
    else throw usageError(`there is no pane ${name}`);
    return 0;
  },
};

const lookMs = 500;

/** Aborted when the command is, or when its owner is no more: one that was killed could not close the page, so the pane does. */
function whenGone(owner: number, { signal, env }: Context): AbortSignal {
  const gone = new AbortController();
  const timer = setInterval(() => {
    if (isAlive(owner)) return;
    clearInterval(timer);
    gone.abort();
    endServer(env['TMUX']);
  }, lookMs);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return AbortSignal.any([signal, gone.signal]);
}

/** TMUX is `SOCKET,PID,SESSION`, see tmux(1). On SIGTERM the server lets its terminals go, and this pane. */
function endServer(variable = ''): void {
  const [socket, pid] = variable.split(',');
  if (socket === undefined || pid === undefined) return;
  rmSync(socket, { force: true });
  process.kill(Number(pid), 'SIGTERM');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

import { rmSync } from 'node:fs';
import { run } from '../../lib/exec.ts';

export interface PageOptions {
  /** The tmux server's socket; removed at the end. */
  socket: string;
  size: { columns: number; rows: number };
  /** Where the shell begins. */
  folder: string;
  env: Readonly<Record<string, string>>;
  shell: string;
  /** The page's last line. */
  keys: string;
  /** The command line of a pane of ours. */
  pane: (name: 'text' | 'live') => readonly string[];
}

export interface Page {
  /** Shows the page on this terminal until it is over. */
  attachCommand: readonly [string, ...string[]];
  /** Ends it; a page that is over already is fine. */
  close(): Promise<void>;
}

/** Makes the page in a tmux server of its own, which knows nothing of the learner's tmux: text, shell, and the picture below. */
export async function openPage(options: PageOptions): Promise<Page> {
  const { socket, size, folder, env, shell, pane } = options;
  // -f: not the learner's settings; -u: the texts are UTF-8, whatever LANG says.
  const base = ['-u', '-S', socket, '-f', '/dev/null'];
  const tmux = async (...args: string[]) => {
    const { stdout } = await run('tmux', [...base, ...args], { env: outsideTmux });
    return stdout.trim();
  };
  const close = async () => {
    await tmux('kill-server').catch(() => {});
    rmSync(socket, { force: true });
  };
  const variables = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  // tmux gives panes the PATH and SHELL that it has itself, whatever -e says.
  const inShell = ['env', `PATH=${env['PATH'] ?? ''}`, `SHELL=${shell}`, shell];
  const made = ['-P', '-F', '#{pane_id}', '-c', folder, ...variables];
  const { columns, rows } = size;
  try {
    const text = await tmux(
      'new-session',
      '-d',
      '-s',
      'page',
      '-x',
      `${columns}`,
      '-y',
      `${rows}`,
      ...made,
      ...pane('text'),
    );
    await setUp(tmux, text, options.keys);
    await tmux('split-window', '-t', text, '-v', '-l', `${liveRows(rows)}`, ...made, ...pane('live'));
    const right = await tmux('split-window', '-t', text, '-h', '-l', '50%', ...made, ...inShell);
    // Leaving the shell leaves the page.
    await tmux('set-hook', '-g', 'pane-exited', `if-shell -F '#{==:#{hook_pane},${right}}' kill-server`);
    await tmux('select-pane', '-t', right);
  } catch (error) {
    await close();
    throw error;
  }
  return { attachCommand: ['env', '-u', 'TMUX', 'tmux', ...base, 'attach-session', '-t', 'page'], close };
}

/** tmux refuses to attach within tmux when this is set. */
const outsideTmux = { TMUX: '' };

function liveRows(rows: number): number {
  return Math.max(7, Math.min(12, Math.floor(rows / 3)));
}

async function setUp(
  tmux: (...args: string[]) => Promise<string>,
  text: string,
  keysHelp: string,
): Promise<void> {
  const settings: [string, string][] = [
    ['status-left', ''],
    ['status-right', ''],
    ['window-status-current-format', ` ${keysHelp}`],
    ['status-style', 'default'],
    ['mouse', 'on'],
    ['escape-time', '10'],
    ['default-terminal', 'screen-256color'],
    ['history-limit', '20000'],
  ];
  for (const [key, value] of settings) await tmux('set-option', '-g', key, value);
  const keys = { 'M-Up': 'Up', 'M-Down': 'Down', 'M-PPage': 'PPage', 'M-NPage': 'NPage' };
  for (const [key, sent] of Object.entries(keys))
    await tmux('bind-key', '-n', key, 'send-keys', '-t', text, sent);
}

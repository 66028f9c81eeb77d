import { styleText } from 'node:util';

/** Tells a person what is going on: ` • step …`, ` ✓ step (1.2 s)`. Never results. */
export interface Progress {
  /** Runs `task` as one step and says how it went: what it throws is thrown on, and a result that is not good has failed, too. */
  step<T>(name: string, task: () => Promise<T>, isGood?: (result: T) => boolean): Promise<T>;
  started(name: string): void;
  done(name: string, ms: number): void;
  failed(name: string, ms: number): void;
  /** One line of plain text; left out with `--quiet`. */
  note(text: string): void;
  /** One line that matters even with `--quiet`. */
  warn(text: string): void;
}

export interface ProgressOptions {
  stream: { write(text: string): unknown; isTTY?: boolean };
  quiet: boolean;
  color: boolean;
  /** A terminal and not CI: the running step is a line that is replaced by its result. */
  live: boolean;
}

/** Progress as lines on a stream, usually standard error. */
export function createProgress({ stream, quiet, color, live }: ProgressOptions): Progress {
  const paint = (style: 'green' | 'red' | 'yellow', text: string) => (color ? styleText(style, text) : text);
  const running = new Set<string>();
  let spinner: NodeJS.Timeout | undefined;
  let frame = 0;

  function draw(): void {
    const names = [...running];
    if (names.length === 0) return;
    stream.write(`\r\x1b[K ${frames[frame++ % frames.length]} ${names.join(', ')} …`);
  }

  function say(text: string): void {
    stream.write(live ? `\r\x1b[K${text}\n` : `${text}\n`);
    if (live) draw();
  }

  function end(name: string): void {
    running.delete(name);
    if (running.size > 0) return;
    clearInterval(spinner);
    spinner = undefined;
  }

  const progress: Progress = {
    async step(name, task, isGood = () => true) {
      const from = performance.now();
      let good = false;
      progress.started(name);
      try {
        const result = await task();
        good = isGood(result);
        return result;
      } finally {
        progress[good ? 'done' : 'failed'](name, performance.now() - from);
      }
    },
    started(name) {
      if (quiet || running.has(name)) return;
      running.add(name);
      if (!live) return say(` • ${name} …`);
      spinner ??= setInterval(draw, 100).unref();
      draw();
    },
    done(name, ms) {
      end(name);
      if (!quiet) say(` ${paint('green', '✓')} ${name} (${seconds(ms)})`);
    },
    failed(name, ms) {
      end(name);
      if (!quiet) say(` ${paint('red', '✗')} ${name} (${seconds(ms)})`);
    },
    note: (text) => {
      if (!quiet) say(text);
    },
    warn: (text) => say(` ${paint('yellow', '!')} ${text}`),
  };
  return progress;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

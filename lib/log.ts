import { writeSync } from 'node:fs';

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Facts that go with a constant message. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** A log whose every line also carries these fields. */
  with(fields: Fields): Log;
}

const order: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** One JSON object a line: `{"time":…,"level":…,"msg":…,…fields}`. Errors among the fields become their message. */
export function jsonLog(write: (line: string) => void, least: Level = 'info', fixed: Fields = {}): Log {
  const at =
    (level: Level) =>
    (message: string, fields: Fields = {}) => {
      if (order[level] < order[least]) return;
      const time = new Date().toISOString();
      write(`${JSON.stringify({ time, level, msg: message, ...fixed, ...fields }, plainError)}\n`);
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => jsonLog(write, least, { ...fixed, ...fields }),
  };
}

function plainError(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}

/**
 * The log of a long-running process: JSON lines on its standard error. A line that cannot be written, as on a full disk, is
 * lost; the process goes on.
 */
export function processLog(least: Level = 'info'): Log {
  // Node.js writes warnings of its own there too.
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => {});
  return jsonLog(writeToStandardError, least);
}

function writeToStandardError(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // Nowhere to say so.
  }
}

/** Says nothing; for tests of things that log. */
export const silentLog: Log = jsonLog(() => {});

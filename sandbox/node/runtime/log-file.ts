import { EventEmitter } from 'node:events';
import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export type StreamName = 'stdout' | 'stderr';

/** One run's log on disk, in the format of the Container Runtime Interface: time, stream, F(ull) or P(artial), text. */
export interface LogFile {
  readonly path: string;
  /** `change` after each write, `end` once no more will come. */
  readonly changes: EventEmitter;
  readonly ended: boolean;
  write(stream: StreamName, chunk: Buffer): void;
  /** Writes out unfinished lines and closes the file. */
  end(): void;
}

/** A longer line is cut into partial records, as containerd does. */
const maxLineBytes = 16 * 1024;
/** A file that grows beyond this is moved to `.1` and begun anew. */
const maxFileBytes = 10 * 1024 * 1024;

/** Opens a log for appending; folders are made as needed. Throws system errors. */
export function openLogFile(path: string, now: () => Date = () => new Date()): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let fd = openSync(path, 'a', 0o600);
  let size = statSync(path).size;
  let ended = false;
  const pending: Record<StreamName, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  const changes = new EventEmitter().setMaxListeners(0);

  function append(records: Buffer[]): void {
    if (records.length === 0) return;
    if (size > maxFileBytes) rotate();
    const data = Buffer.concat(records);
    try {
      writeSync(fd, data);
      size += data.length;
    } catch {
      // A full disk costs log lines, never the container.
    }
    changes.emit('change');
  }

  function rotate(): void {
    closeSync(fd);
    renameSync(path, `${path}.1`);
    fd = openSync(path, 'a', 0o600);
    size = 0;
  }

  function record(stream: StreamName, tag: 'F' | 'P', text: Buffer): Buffer {
    const head = `${now().toISOString().replace('Z', '000000Z')} ${stream} ${tag} `;
    return Buffer.concat([Buffer.from(head), text, Buffer.from('\n')]);
  }

  return {
    path,
    changes,
    get ended() {
      return ended;
    },
    write(stream, chunk) {
      if (ended) return;
      const { lines, partials, rest } = splitLines(Buffer.concat([pending[stream], chunk]));
      pending[stream] = rest;
      append([
        ...lines.map((line) => record(stream, 'F', line)),
        ...partials.map((part) => record(stream, 'P', part)),
      ]);
    },
    end() {
      if (ended) return;
      for (const stream of ['stdout', 'stderr'] as const) {
        if (pending[stream].length > 0) append([record(stream, 'P', pending[stream])]);
      }
      ended = true;
      closeSync(fd);
      changes.emit('change');
      changes.emit('end');
    },
  };
}

function splitLines(data: Buffer): { lines: Buffer[]; partials: Buffer[]; rest: Buffer } {
  const lines: Buffer[] = [];
  const partials: Buffer[] = [];
  let from = 0;
  for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, from)) {
    lines.push(data.subarray(from, at));
    from = at + 1;
  }
  while (data.length - from > maxLineBytes) {
    partials.push(data.subarray(from, from + maxLineBytes));
    from += maxLineBytes;
  }
  return { lines, partials, rest: Buffer.from(data.subarray(from)) };
}

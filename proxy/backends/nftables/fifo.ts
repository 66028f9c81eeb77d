import { close as closeFd, closeSync, constants, mkdtempSync, openSync, rmSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { run } from '../../../lib/exec.ts';

/**
 * A named pipe to write to. nft reads what comes through one as it comes, but takes in the whole of its standard input before it
 * looks at the first line (libnftables.c, stdin_to_buffer).
 */
export interface Fifo {
  /** For a reader in the same pid namespace; until `end` or `close`. */
  readonly path: string;
  /** Queues a text; it is written as fast as the reader takes it. */
  write(text: string): void;
  /** Ends the reader's input behind what is queued, once it has begun to read. */
  end(): void;
  /** The reader is gone: drops what is queued. Harmless when called again. */
  close(): void;
}

/**
 * Makes one. Its name in the temporary folder is gone again before anything is written: so however this process ends, it leaves
 * nothing there. Throws ExecError when mkfifo fails, or Node's own errors of files.
 */
export async function openFifo(signal?: AbortSignal): Promise<Fifo> {
  const folder = mkdtempSync(join(tmpdir(), 'workshop-proxy-'));
  const path = join(folder, 'table.nft');
  try {
    await run('mkfifo', ['-m', '600', path], { signal, timeoutMs: 10_000 });
    return fifoAt(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fifoAt(path: string): Fifo {
  // Opening for writing waits for a reader, and a write waits while one is there: this end is both until the real reader has come.
  let standIn: number | undefined = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  // It blocks, but in a thread of libuv's pool: an event for each page that nft has read would cost more than nft's reading.
  const fd = openSync(path, constants.O_WRONLY);
  let queue = Promise.resolve();
  let length = 0;
  let ended = false;

  function put(text: string): void {
    length += text.length;
    queue = queue.then(() => writeAll(fd, Buffer.from(text, 'latin1'))).catch(ignore);
  }

  function dismissStandIn(): void {
    if (standIn !== undefined) closeSync(standIn);
    standIn = undefined;
  }

  function end(): void {
    if (ended) return;
    // What a pipe does not hold, somebody has read.
    if (length < pipeHolds) put('\n'.repeat(pipeHolds - length));
    ended = true;
    queue = queue.then(() => {
      dismissStandIn();
      closeFd(fd, ignore);
    });
  }

  return {
    // Opening this link opens the pipe anew, with a name or without (proc(5), /proc/pid/fd).
    path: `/proc/${process.pid}/fd/${fd}`,
    write(text) {
      if (!ended) put(text);
    },
    end,
    close() {
      // Without a reader, the write under way and all others fail at once.
      dismissStandIn();
      end();
    },
  };
}

const writeSome = promisify(write);

async function writeAll(fd: number, bytes: Buffer): Promise<void> {
  for (let from = 0; from < bytes.length; ) from += (await writeSome(fd, bytes, from)).bytesWritten;
}

/** What becomes of the text is told by the reader's exit. */
function ignore(): void {}

/** More than a pipe takes without a reader: 16 pages, which may have 64 kB each (pipe(7)); here they have 4. */
const pipeHolds = 128_000;

import { closeSync, constants, openSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** A pseudo terminal held by this agent. */
export interface Terminal {
  write(data: Buffer): void;
  resize(columns: number, rows: number): void;
  /** Calls back for each piece of output; the returned function stops that. */
  onData(listener: (data: Buffer) => void): () => void;
  /** Calls back once the program has ended and all that it wrote has been read. */
  onExit(listener: (exitCode: number) => void): void;
  /** Stops and resumes reading what the program writes. */
  pause(): void;
  resume(): void;
  kill(): void;
}

let openTerminal: typeof import('@lydell/node-pty').spawn | undefined;

/** Loads the machine code for terminals; nothing else needs it, so it is loaded when first wanted. */
export async function loadTerminals(): Promise<void> {
  openTerminal ??= (await import('@lydell/node-pty')).spawn;
}

/** Runs a program in a new pseudo terminal. Throws unless loadTerminals has been awaited. */
export function spawnTerminal(
  command: string,
  args: string[],
  env: Record<string, string>,
  size = { columns: 80, rows: 24 },
): Terminal {
  if (!openTerminal) throw new Error('could not open a terminal: its library is not loaded');
  const [cols, rows] = [size.columns, size.rows];
  const pty = openTerminal(command, args, { name: 'xterm', cols, rows, env, encoding: null });
  // Neither is in the package's typings.
  const { _socket: socket, ptsName } = pty as unknown as { _socket: Readable; ptsName: string };
  readToTheEnd(socket, ptsName);
  return {
    // The typings of the package forget that its write takes bytes as well.
    write: (data) => pty.write(data as unknown as string),
    resize: (columns, rows) => {
      if (columns > 0 && rows > 0) pty.resize(columns, rows);
    },
    onData: (listener) => {
      const handle = pty.onData((data) => listener(Buffer.from(data)));
      return () => handle.dispose();
    },
    onExit: (listener) => {
      pty.onExit(({ exitCode, signal }) => listener(signal ? 128 + signal : exitCode));
    },
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    kill: () => pty.kill(),
  };
}

/** As long as this nothing more came, and nothing will: the program has ended. */
const quietMs = 50;

/**
 * Has a terminal closed when all that was written to it has been read, and no sooner. By itself it loses the last words in
 * two ways: the package closes it 200 ms after the program's end, read or not; and libuv takes a hangup for the end, though
 * the kernel hands out what it holds in pieces of 4 KB. So the other side is kept open here, for which there is no hangup,
 * and the package's close waits until nothing comes while nobody holds the reader back.
 */
function readToTheEnd(socket: Readable, name: string): void {
  const held = openSync(name, constants.O_RDWR | constants.O_NOCTTY);
  let reads = 0;
  socket.on('data', () => reads++);
  const close = socket.destroy.bind(socket);
  const closeWhenQuiet = () => {
    const before = reads;
    const look = () => {
      if (socket.isPaused()) socket.once('resume', closeWhenQuiet);
      else if (reads > before) closeWhenQuiet();
      else {
        closeSync(held);
        close();
      }
    };
    // A turn of the event loop has its timers first, its reads after them, and this last.
    setTimeout(() => setImmediate(look), quietMs);
  };
  socket.destroy = () => {
    socket.destroy = () => socket;
    closeWhenQuiet();
    return socket;
  };
}

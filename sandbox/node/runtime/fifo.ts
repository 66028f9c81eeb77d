import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { run } from '../../../lib/exec.ts';

/** Makes the named pipes that do not exist yet; all lie in one file system. */
export async function makeFifos(paths: readonly string[]): Promise<void> {
  if (paths.length > 0) await run('mkfifo', ['-m', '600', ...paths]);
}

/**
 * Opens a named pipe for reading and writing, so that it never comes to an end and opening never waits.
 * A Socket, not a file stream: a file stream would block one of the few threads of libuv for each pipe.
 */
export function openFifo(path: string, direction: 'read' | 'write' = 'read'): Socket {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  return direction === 'read'
    ? new Socket({ fd, readable: true })
    : new Socket({ fd, readable: false, writable: true });
}

/** Calls back for each line that comes out of a named pipe, until the returned function is called. */
export function readLines(path: string, onLine: (line: string) => void): () => void {
  const socket = openFifo(path);
  socket.on('error', () => {});
  const lines = createInterface({ input: socket });
  lines.on('line', onLine);
  return () => {
    lines.close();
    socket.destroy();
  };
}

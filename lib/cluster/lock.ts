import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { codeOf } from '../errors.ts';
import { identify, type ProcessIdentity } from '../process-identity.ts';

/**
 * Makes this process the only supervisor of the cluster in `root`, until it ends in whatever way: the lock is the name of a
 * socket in the abstract namespace (unix(7)), which the kernel frees. Undefined when another one holds it.
 */
export function lockCluster(root: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(String(process.pid));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(lockName(root), () => resolve(server));
  });
}

/** The supervisor of the cluster in `root`, if one runs. */
export function supervisorOf(root: string): Promise<ProcessIdentity | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(lockName(root));
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(text === '' ? undefined : identify(Number(text))));
  });
}

function lockName(root: string): string {
  return `\0workshop-${createHash('sha256').update(root).digest('hex').slice(0, 32)}`;
}

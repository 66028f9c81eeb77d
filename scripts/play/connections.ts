import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Cluster } from '../../lib/cluster/cluster.ts';

/** A connection that a node led to an endpoint. */
export interface Connection {
  /** The address that the client asked for: a cluster IP, a node, … */
  asked: string;
  /** The pod that got it. */
  answeredBy: string;
}

/** Tells of every new connection that any node leads elsewhere, as the kernel reports it (conntrack -E), until the signal. */
export function watchConnections(
  cluster: Cluster,
  signal: AbortSignal,
  onConnection: (connection: Connection) => void,
): void {
  for (const { name } of cluster.nodes) {
    const [program, ...args] = cluster.nodeCommand(name, ['conntrack', '-E', '-e', 'NEW']);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    child.on('error', () => {
      // A node without conntrack: the picture does without its connections.
    });
    endWith(child, signal);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const connection = parseConnection(line);
      if (connection) onConnection(connection);
    });
  }
}

/** Reads a line of conntrack: undefined for one whose destination stayed what it was. */
export function parseConnection(line: string): Connection | undefined {
  const [asked, answeredBy] = [...line.matchAll(/\bsrc=(\S+) dst=(\S+)/g)].map(([, src, dst], index) =>
    index === 0 ? dst : src,
  );
  if (asked === undefined || answeredBy === undefined || asked === answeredBy) return undefined;
  return { asked, answeredBy };
}

function endWith(child: ChildProcess, signal: AbortSignal): void {
  const end = () => child.kill('SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  child.on('exit', () => signal.removeEventListener('abort', end));
}

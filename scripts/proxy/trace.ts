import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isAbort, WorkshopError } from '../../lib/errors.ts';
import { waitFor } from '../../lib/wait.ts';
import { removeTraceRules, type TracedFlow, traceRules, watcherScript } from '../../proxy/trace/mark.ts';
import { type Hop, parseTrace, traceText } from '../../proxy/trace/parse.ts';
import type { Context } from '../cli/command.ts';
import type { ProxyContext } from './command.ts';
import { lookUp, type Question } from './look-up.ts';

/**
 * `workshop proxy trace NODE CLIENT SERVICE[:PORT]`: opens a connection (from the node or the pod; for other clients waits for
 * one), and prints every rule of the node's kernel that its first packet meets. Its table is removed whatever happens.
 */
export async function proxyTrace(
  context: Context,
  cluster: ProxyContext['cluster'],
  words: readonly string[],
) {
  const [node, client, target, ...rest] = words;
  if (node === undefined || client === undefined || target === undefined || rest.length > 0) {
    throw new WorkshopError('usage', 'could not trace: three words are needed, NODE CLIENT SERVICE[:PORT]', {
      advice: 'workshop proxy trace worker-node01 worker-node01 default/kubernetes:443',
    });
  }
  const question = await lookUp(cluster, node, client, target);
  const hops = await traceOnce(context, { cluster, node, question });
  if (hops.length === 0) {
    throw new WorkshopError('timeout', `could not see a packet from ${client} to ${target} on ${node}`, {
      advice: 'the node that the client is on',
    });
  }
  if (context.json) context.out.json(hops);
  else context.out.write(traceText(hops));
}

interface Subject {
  readonly cluster: ProxyContext['cluster'];
  readonly node: string;
  readonly question: Question;
}

async function traceOnce(context: Context, { cluster, node, question }: Subject): Promise<Hop[]> {
  const flow = flowOf(question);
  const suffix = String(process.pid);
  const end = removeTraceRules(flow, suffix);
  const watching = watch(cluster.nodeCommand(node, ['sh', '-c', watcherScript, 'sh', end]), context.signal);
  try {
    await watching.ready;
    const rules = traceRules(flow, suffix);
    const { exitCode, stderr } = await cluster.runOnNode(node, ['nft', '-f', '-'], { input: rules });
    if (exitCode !== 0)
      throw new WorkshopError('environment', `could not trace on ${node}: ${stderr.trim()}`);
    const waitMs = context.timeoutMs ?? 15_000;
    const started = performance.now();
    const seen = watching.quiet(waitMs);
    // Again and again: nobody says when the watcher has begun to look.
    for (let sent = true; sent && watching.hops.length === 0 && !context.signal.aborted; ) {
      sent = await send(cluster, node, question, flow);
      if (!sent) context.progress.note(`waiting ${waitMs / 1000} s for a connection from ${flow.from}`);
      if (performance.now() > started + waitMs) break;
    }
    await seen;
    return watching.hops;
  } finally {
    await watching.end();
  }
}

function flowOf({ client, unit, door }: Question): TracedFlow {
  if (unit.protocol === 'SCTP') throw new WorkshopError('usage', 'could not trace SCTP: TCP and UDP alone');
  return {
    // A node picks its source by its routes, so it may be another address than its first.
    from: client.kind === 'node' ? undefined : client.address,
    to: door.address,
    port: door.kind === 'node-port' ? unit.nodePort : unit.port,
    protocol: unit.protocol === 'UDP' ? 'udp' : 'tcp',
  };
}

/** Opens a connection, about a second long. False where nothing can be run on the client's behalf. */
async function send(
  cluster: ProxyContext['cluster'],
  node: string,
  { client }: Question,
  { to, port, protocol }: TracedFlow,
): Promise<boolean> {
  // Debian's busybox has no `nc -u`; a question for a file is a datagram as good as any.
  const argv =
    protocol === 'udp'
      ? ['timeout', '1', 'tftp', '-g', '-l', '/dev/null', '-r', 'trace', to, String(port)]
      : ['nc', '-w', '1', to, String(port)];
  const options = { timeoutMs: 10_000 };
  if (client.kind === 'node') {
    const script = `if command -v busybox >/dev/null; then echo | busybox "$@"; else echo | "$@"; fi; ${pause}`;
    await cluster.runOnNode(node, ['sh', '-c', script, 'sh', ...argv], options);
    return true;
  }
  if (!client.pod) return false;
  await cluster.runInPod(client.pod, ['sh', '-c', `echo | "$@"; ${pause}`, 'sh', ...argv], options);
  return true;
}

/** A refused connection ends at once. */
const pause = 'sleep 0.3';

/** Follows the kernel's reports. */
function watch(command: readonly string[], signal: AbortSignal) {
  const [program = '', ...args] = command;
  // In a session of its own, so that Ctrl-C does not end it before it has tidied up.
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const gone = once(child, 'close');
  const hops: Hop[] = [];
  let last = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const hop = parseTrace(line);
    if (!hop) return;
    hops.push(hop);
    last = performance.now();
  });
  const isQuiet = () => last > 0 && performance.now() - last > quietMs;
  return {
    hops,
    ready: once(child, 'spawn'),
    /** Resolves when nothing more has been reported for a while after the first report, or when the time is over. */
    async quiet(timeoutMs: number): Promise<void> {
      await waitFor(isQuiet, { what: 'a packet', timeoutMs, signal }).catch((error: unknown) => {
        if (isAbort(error)) throw error;
      });
    },
    async end(): Promise<void> {
      child.stdin.end();
      await gone;
    },
  };
}

const quietMs = 500;

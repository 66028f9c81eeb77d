import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isAbort, WorkshopError } from '../../lib/errors.ts';
import { removeTraceRules, type TracedFlow, traceRules } from '../../proxy/trace/mark.ts';
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
  const nft = (input: string) => cluster.runOnNode(node, ['nft', '-f', '-'], { input });
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const watching = watch(cluster.nodeCommand(node, ['nft', 'monitor', 'trace']), signal);
  try {
    await watching.ready;
    const { exitCode, stderr } = await nft(traceRules(flow, suffix));
    if (exitCode !== 0)
      throw new WorkshopError('environment', `could not trace on ${node}: ${stderr.trim()}`);
    const waitMs = context.timeoutMs ?? 15_000;
    const sent = send(cluster, node, question, flow);
    if (!sent) context.progress.note(`waiting ${waitMs / 1000} s for a connection from ${flow.from}`);
    await Promise.all([watching.quiet(waitMs), sent]);
    return watching.hops;
  } finally {
    stop.abort();
    await nft(removeTraceRules(flow, suffix));
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

/** Undefined where nothing can be run on the client's behalf. */
function send(
  cluster: ProxyContext['cluster'],
  node: string,
  { client }: Question,
  { to, port, protocol }: TracedFlow,
): Promise<unknown> | undefined {
  const argv = ['nc', ...(protocol === 'udp' ? ['-u'] : []), '-w', '1', to, String(port)];
  if (client.kind === 'node') {
    const script = 'if command -v busybox >/dev/null; then echo | busybox "$@"; else echo | "$@"; fi';
    return cluster.runOnNode(node, ['sh', '-c', script, 'sh', ...argv], { timeoutMs: 10_000 });
  }
  if (!client.pod) return undefined;
  return cluster.runInPod(client.pod, ['sh', '-c', 'echo | "$@"', 'sh', ...argv], { timeoutMs: 10_000 });
}

/** Follows the kernel's reports. */
function watch(command: readonly string[], signal: AbortSignal) {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], signal });
  const gone = once(child, 'exit').catch((error: unknown) => {
    if (!isAbort(error)) throw error;
  });
  const hops: Hop[] = [];
  let last = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const hop = parseTrace(line);
    if (!hop) return;
    hops.push(hop);
    last = performance.now();
  });
  return { hops, gone, ready: once(child, 'spawn'), quiet };

  /** Resolves when nothing has been reported for a while after the first report, or when the time is over. */
  async function quiet(waitMs: number): Promise<void> {
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline && !(last > 0 && performance.now() - last > quietMs)) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const quietMs = 500;

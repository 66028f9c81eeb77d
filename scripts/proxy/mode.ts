import { allOver } from '../../lib/all-over.ts';
import {
  type ProxyChoice,
  proxyConfigFile,
  withChoice,
  writeProxyConfig,
} from '../../lib/cluster/proxy-config.ts';
import { proxyQuestion } from '../../lib/cluster/proxy-question.ts';
import { exitCodes, WorkshopError } from '../../lib/errors.ts';
import { proxyModes } from '../../lib/settings/settings.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { waitFor } from '../../lib/wait.ts';
import type { Context } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import type { ProxyContext } from './command.ts';

/**
 * Has the proxies of some nodes change to another mode while traffic flows, and waits until they have. Resolves with the exit code: 3
 * when a node runs another mode then, which stands in the results with the reason.
 */
export async function changeMode(
  { out, json, flags, progress, signal }: Context,
  cluster: ProxyContext['cluster'],
  mode: string,
): Promise<number> {
  checkMode(mode);
  const scheduler = typeof flags['scheduler'] === 'string' ? flags['scheduler'] : undefined;
  const nodes = nodesOf(cluster, flags['node']);
  const change = async (node: string) => {
    await choose(cluster, node, { mode, scheduler }, signal);
    return await taken(cluster, node, { mode, scheduler }, signal);
  };
  const isTaken = (state: State) => state.mode === mode;
  const states = await allOver(
    nodes.map((node) => progress.step(`${node}: mode ${mode}`, () => change(node), isTaken)),
  );
  const failed = states.filter((state) => state.mode !== mode);
  if (json) out.json(states);
  else {
    const rows = states.map((state) => [state.node, state.mode ?? 'none', state.asked.scheduler]);
    out.line(table(['NODE', 'MODE', 'SCHEDULER'], rows));
  }
  for (const { node, why, mode: instead } of failed) {
    progress.warn(
      `could not run mode ${mode} on ${node}: ${why}; it runs ${instead}. Try: workshop logs proxy@${node}`,
    );
  }
  return failed.length > 0 ? exitCodes.environment : 0;
}

/** The sandbox keeps the proxies' files itself; a machine has its own, whose place the proxy tells. */
async function choose(
  cluster: ProxyContext['cluster'],
  node: string,
  choice: ProxyChoice,
  signal: AbortSignal,
): Promise<void> {
  if (cluster.backend === 'sandbox') return writeProxyConfig(proxyConfigFile(cluster.paths, node), choice);
  const file = (await readState(cluster, node, signal))['proxy.workshop']?.config;
  if (!file) {
    throw new WorkshopError(
      'environment',
      `could not change the mode of ${node}: no proxy of the workshop answers there`,
      {
        advice: `workshop ssh ${node} -- systemctl status workshop-proxy, or workshop proxy install`,
      },
    );
  }
  const before = await cluster.runOnNode(node, ['cat', file], { signal });
  const after = withChoice(before.stdout, file, choice);
  const written = await cluster.runOnNode(node, ['sh', '-c', replace, 'sh', file], { input: after, signal });
  if (written.exitCode === 0) return;
  throw new WorkshopError('environment', `could not write ${file} on ${node}: ${written.stderr.trim()}`);
}

/** The proxy watches the file, and must never see half of it. */
const replace = 'umask 077; cat >"$1.new" && mv "$1.new" "$1"';

function nodesOf(cluster: ProxyContext['cluster'], named: unknown): string[] {
  const known = cluster.nodes.map(({ name }) => name);
  if (typeof named !== 'string') return known;
  if (known.includes(named)) return [named];
  throw new WorkshopError('usage', `could not find the node ${named}${didYouMean(named, known)}`, {
    advice: 'workshop status',
  });
}

function checkMode(word: string): void {
  if ((proxyModes as readonly string[]).includes(word)) return;
  const known = proxyModes.join(', ');
  throw new WorkshopError(
    'usage',
    `could not change to mode ${word}: there are ${known}${didYouMean(word, proxyModes)}`,
    {
      advice: 'workshop proxy mode nftables',
    },
  );
}

interface State {
  readonly node: string;
  readonly asked: { readonly mode: string; readonly scheduler: string };
  readonly mode: string | undefined;
  readonly pending: boolean;
  readonly why: string | undefined;
}

async function taken(
  cluster: ProxyContext['cluster'],
  node: string,
  { mode, scheduler }: ProxyChoice,
  signal: AbortSignal,
): Promise<State> {
  const state = await waitFor(
    async () => {
      const { rejected, takeover } = await readState(cluster, node, signal);
      if (scheduler !== undefined && rejected?.includes(`no such scheduler: ${scheduler}`))
        return unusable(node, rejected);
      if (!takeover || takeover.pending || takeover.asked.mode !== mode) return undefined;
      return scheduler === undefined || takeover.asked.scheduler === scheduler
        ? { node, ...takeover }
        : undefined;
    },
    {
      what: `the proxy of ${node} to take up mode ${mode}`,
      timeoutMs: 60_000 * cluster.pace,
      intervalMs: 150,
      signal,
    },
  );
  if (state instanceof WorkshopError) throw state;
  return state;
}

interface Answer {
  readonly takeover?: Omit<State, 'node'>;
  readonly rejected?: string;
  readonly 'proxy.workshop'?: { readonly config?: string };
}

async function readState(
  cluster: ProxyContext['cluster'],
  node: string,
  signal: AbortSignal,
): Promise<Answer> {
  const { argv, answers } = proxyQuestion(['configz'], cluster.pace);
  const { configz } = answers((await cluster.runOnNode(node, argv, { signal })).stdout);
  return configz ? (JSON.parse(configz) as Answer) : {};
}

function unusable(node: string, why: string): WorkshopError {
  return new WorkshopError('usage', `could not change the mode of ${node}: ${why}`, {
    advice: 'workshop proxy mode with another --scheduler',
  });
}

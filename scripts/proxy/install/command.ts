import { readFileSync } from 'node:fs';
import { messageOf, WorkshopError } from '../../../lib/errors.ts';
import { type Client, createClient } from '../../../lib/kube/client.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { type ProxyMode, proxyModes } from '../../../lib/settings/settings.ts';
import { didYouMean } from '../../../lib/suggest.ts';
import type { Context, FlagSpecs } from '../../cli/command.ts';
import { text } from '../../cli/flags.ts';
import { sshSettings } from '../../cli/open.ts';
import { table } from '../../cli/output.ts';
import { apiServerForNodes } from './api-server.ts';
import { findNodes } from './find-nodes.ts';
import { installProxy } from './install.ts';
import type { InstallOptions, NodeOutcome } from './target.ts';
import { uninstallProxy } from './uninstall.ts';

/** Flags of `workshop proxy install` and `uninstall` alone. */
export const installFlags = {
  server: { type: 'string', value: 'URL', summary: 'the API server as nodes reach it, by address' },
  mode: {
    type: 'string',
    value: 'MODE',
    summary: 'the mode to begin with, also in place of one that is set',
  },
  'cluster-cidr': { type: 'string', value: 'CIDR', summary: "the pods' networks" },
  'ca-cert': {
    type: 'string',
    value: 'FILE',
    summary: "the cluster's authority, where the cluster signs no requests",
  },
  'ca-key': { type: 'string', value: 'FILE', summary: 'its key' },
  'dry-run': { type: 'boolean', summary: 'look at the nodes and say what would be done' },
} as const satisfies FlagSpecs;

/** `workshop proxy install|uninstall`: resolves with 0 when every node is as wanted, with 3 when one is not. */
export async function installCommand(context: Context, action: 'install' | 'uninstall'): Promise<number> {
  const { flags, progress, signal } = context;
  const file = text(flags['kubeconfig']);
  if (file === undefined) {
    throw new WorkshopError('usage', `could not ${action} the proxy: which cluster is not said`, {
      advice: `workshop proxy ${action} --kubeconfig FILE`,
    });
  }
  const client = createClient(loadKubeconfig(file));
  try {
    const nodes = await findNodes(client, namesOf(context), sshSettings(flags), signal);
    const options = {
      nodes,
      dryRun: flags['dry-run'] === true,
      onStep: (node: string, what: string) => progress.note(` • ${node}: ${what}`),
      signal,
    };
    const outcomes = await (action === 'uninstall'
      ? uninstallProxy(options)
      : installProxy({ ...options, ...(await wanted(context, client)) }));
    return tell(context, outcomes);
  } finally {
    client.close();
  }
}

async function wanted(
  { flags }: Context,
  client: Client,
): Promise<Pick<InstallOptions, 'cluster' | 'setup'>> {
  const mode = text(flags['mode']);
  const [cert, key] = [text(flags['ca-cert']), text(flags['ca-key'])];
  const ca = client.credentials.ca;
  if (ca === undefined)
    throw new WorkshopError('usage', 'could not use the kubeconfig: it names no authority of the cluster');
  return {
    cluster: {
      client,
      ca,
      server: await apiServerForNodes(client, text(flags['server'])),
      authority: cert && key ? { cert: read(cert), key: read(key) } : undefined,
    },
    setup: {
      mode: modeOf(mode ?? 'nftables'),
      scheduler: text(flags['scheduler']),
      clusterCidr: text(flags['cluster-cidr']),
      overrule: mode !== undefined,
    },
  };
}

function tell({ out, json, progress }: Context, outcomes: readonly NodeOutcome[]): number {
  if (json)
    out.json(outcomes.map((one) => (one.kind === 'failed' ? { ...one, error: one.error.message } : one)));
  else
    out.line(
      table(
        ['NODE', 'RESULT'],
        outcomes.map((one) => [one.node, resultOf(one)]),
      ),
    );
  for (const outcome of outcomes) {
    if (outcome.kind !== 'failed') continue;
    const { error } = outcome;
    const advice = error instanceof WorkshopError && error.advice ? `. Try: ${error.advice}` : '';
    progress.warn(`${error.message}${advice}`);
  }
  return outcomes.some(({ kind }) => kind === 'failed') ? 3 : 0;
}

function resultOf(outcome: NodeOutcome): string {
  if (outcome.kind === 'planned') return `would ${outcome.steps.join(', ')}`;
  if (outcome.kind === 'failed') return outcome.undone ? 'failed, as it was before' : 'failed';
  return outcome.kind === 'absent' ? 'not installed' : outcome.kind;
}

/** `--node` and words alike. */
function namesOf({ args, flags }: Context): string[] {
  const node = text(flags['node']);
  return [...args.slice(1), ...(node === undefined ? [] : node.split(','))];
}

function modeOf(word: string): ProxyMode {
  const mode = proxyModes.find((one) => one === word);
  if (mode) return mode;
  throw new WorkshopError(
    'usage',
    `could not use --mode ${word}: there are ${proxyModes.join(', ')}${didYouMean(word, proxyModes)}`,
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WorkshopError('usage', `could not read ${file}: ${messageOf(cause)}`, { cause });
  }
}

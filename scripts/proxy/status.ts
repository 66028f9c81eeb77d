import { askNode } from '../../lib/cluster/ask-node.ts';
import { type ProxyAnswers, proxyQuestion } from '../../lib/cluster/proxy-question.ts';
import { exitCodes } from '../../lib/errors.ts';
import type { Context } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import type { ProxyContext } from './command.ts';

/** Prints one row for each node, from what its proxy says on its own ports. Gives 3 when a node could not be asked, else 0. */
export async function proxyStatus(
  { out, json, progress, signal }: Context,
  { cluster, action, nodes }: ProxyContext,
): Promise<number> {
  const rows = await Promise.all(nodes.map((node) => readState(cluster, node, signal)));
  const lost = rows.filter(({ problem }) => problem !== undefined);
  if (json) out.json(rows);
  else {
    const columns = action === 'mode' ? modeColumns : statusColumns;
    const shown = lost.length > 0 ? { ...columns, PROBLEM: 'problem' as const } : columns;
    const cells = rows.map((row) => Object.values(shown).map((field) => row[field] ?? ''));
    out.line(table(Object.keys(shown), cells));
    for (const { advice } of lost) progress.note(`Try: ${advice}`);
  }
  return lost.length > 0 ? exitCodes.environment : 0;
}

interface Row {
  readonly node: string;
  readonly mode: string;
  readonly health: string;
  readonly lastSync: string;
  readonly syncs: string;
  /** Why the node could not be asked, and what to type. */
  readonly problem?: string | undefined;
  readonly advice?: string;
}

const modeColumns = { NODE: 'node', MODE: 'mode' } as const;
const statusColumns = {
  ...modeColumns,
  HEALTH: 'health',
  'LAST SYNC': 'lastSync',
  SYNCS: 'syncs',
} as const;

async function readState(cluster: ProxyContext['cluster'], node: string, signal: AbortSignal): Promise<Row> {
  const { argv, answers } = proxyQuestion(['proxyMode', 'healthz', 'metrics'], cluster.pace);
  const answer = await askNode(cluster, node, argv, signal);
  if (answer.problem !== undefined) {
    const unknown = 'unknown';
    return { node, mode: unknown, health: unknown, lastSync: unknown, syncs: unknown, ...answer };
  }
  return stateOf(node, answers(answer.stdout));
}

/** What a proxy's answers say of it. One that tells its mode is at work, well or not; one that tells nothing did not answer. */
export function stateOf(node: string, { proxyMode, healthz, metrics = '' }: ProxyAnswers): Row {
  const seconds = Number(metric(metrics, 'kubeproxy_sync_proxy_rules_last_timestamp_seconds'));
  const ago = seconds > 0 ? `${Math.max(0, Math.round(Date.now() / 1000 - seconds))} s ago` : 'unknown';
  const unwell = proxyMode ? 'not healthy' : 'no answer';
  return {
    node,
    mode: proxyMode ?? 'no answer',
    health: healthz ? 'healthy' : unwell,
    lastSync: ago,
    syncs: metric(metrics, 'kubeproxy_sync_proxy_rules_duration_seconds_count') ?? 'unknown',
  };
}

function metric(text: string, name: string): string | undefined {
  return new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1];
}

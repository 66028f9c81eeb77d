import { askNode } from '../../lib/cluster/ask-node.ts';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import { isRunning, readRecord } from '../../lib/cluster/record.ts';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import type { Context } from '../cli/command.ts';
import { openFor } from '../cli/open.ts';
import { pathsOf } from '../cli/paths.ts';
import { bad, type Finding, good } from './check.ts';

/** Whether a cluster that the workshop did not make is what the settings say, and gives a shell as root on each of its nodes. */
export async function anyClusterFindings(context: Context): Promise<Finding[]> {
  const opened = await openFor(context).catch((error: unknown) => {
    context.signal.throwIfAborted();
    if (error instanceof WorkshopError && error.fault !== 'bug') return error;
    throw error;
  });
  if (opened instanceof WorkshopError) return [bad('cluster', messageOf(opened), opened.advice)];
  try {
    const { nodes, kubeconfig } = opened;
    return [
      good('cluster', `${nodes.length} nodes, as the settings say, by ${kubeconfig}`),
      ...(await shellFindings(opened, context.signal)),
    ];
  } finally {
    opened.close();
  }
}

/** The same of a sandbox's nodes; nothing of one that does not run. */
export async function sandboxNodeFindings(context: Context): Promise<Finding[]> {
  if (!isRunning(readRecord(pathsOf(context).record))) return [];
  const cluster = await openFor(context);
  try {
    return await shellFindings(cluster, context.signal);
  } finally {
    cluster.close();
  }
}

/** Checks look at nodes as root, by the way that is tried here. */
async function shellFindings(cluster: Cluster, signal: AbortSignal): Promise<Finding[]> {
  return await Promise.all(
    cluster.nodes.map(async ({ name }) => {
      const id = `shell-${name}`;
      const answer = await askNode(cluster, name, ['id', '-u'], signal);
      if (answer.problem !== undefined) return bad(id, answer.problem, answer.advice);
      const uid = answer.stdout.trim();
      return uid === '0'
        ? good(id, `${name} gives a shell as root`)
        : bad(id, `${name} gives a shell, but as the user ${uid}`, '--ssh-user root');
    }),
  );
}

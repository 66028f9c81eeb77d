import { readKubeconfigRecord } from '../../lib/cluster/kubeconfig/record.ts';
import { WorkshopError } from '../../lib/errors.ts';
import type { Context } from './command.ts';
import { pathsOf } from './paths.ts';

/**
 * For commands that only work on a cluster that the workshop made: throws WorkshopError `usage`, with what to type instead, when
 * `--kubeconfig` or `--name` mean somebody else's. `what` completes "could not".
 */
export function requireOwnCluster(context: Context, what: string, advice: string): void {
  const { flags } = context;
  const named = flags['kubeconfig'];
  const file = typeof named === 'string' ? named : readKubeconfigRecord(pathsOf(context).record)?.kubeconfig;
  if (file === undefined) return;
  throw new WorkshopError(
    'usage',
    `could not ${what} the cluster of ${file}: the workshop did not make it, and only uses it`,
    { advice: advice.replaceAll('FILE', file) },
  );
}

import { embedded, readControlPlane } from '../../lib/cluster/control-plane.ts';
import { readRecord } from '../../lib/cluster/record.ts';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import { processLog } from '../../lib/log.ts';
import { clusterPaths } from '../../lib/paths.ts';
import { readFlags } from '../../lib/read-flags.ts';
import { runInside } from './inside.ts';

/**
 * `sandbox inside`: in the sandbox's namespaces, builds the network and keeps the components running. SIGTERM ends them.
 * Throws WorkshopError `usage` for wrong flags.
 */
export async function main(argv: string[]): Promise<void> {
  const { values } = readFlags(argv, options, { failure: 'could not start the sandbox' });
  const log = processLog();
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  try {
    const paths = clusterPaths(values.name ?? '', values['state-dir']);
    const record = readRecord(paths.record);
    if (!record) throw new WorkshopError('bug', `could not read ${paths.record}`);
    await runInside({
      settings: record.settings,
      paths,
      controlPlane: readControlPlane(paths) ?? embedded,
      log,
      signal: stop.signal,
    });
  } catch (error) {
    if (!stop.signal.aborted) {
      log.error(messageOf(error));
      process.exitCode = 1;
    }
  }
  process.exit();
}

const options = { name: { type: 'string' }, 'state-dir': { type: 'string' } } as const;

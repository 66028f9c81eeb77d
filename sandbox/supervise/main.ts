import { setTimeout as delay } from 'node:timers/promises';
import { type ControlPlane, embedded } from '../../lib/cluster/control-plane.ts';
import { exitCodes } from '../../lib/errors.ts';
import { processLog } from '../../lib/log.ts';
import { clusterPaths } from '../../lib/paths.ts';
import { readFlags } from '../../lib/read-flags.ts';
import { loadSettings } from '../../lib/settings/load.ts';
import { lastWordsOf, tellStarter } from './last-words.ts';
import { supervise } from './supervise.ts';

/**
 * `sandbox supervise`: the one process on the host that a cluster hangs on. It listens on 127.0.0.1 for kubectl, starts the
 * sandbox in namespaces of its own, and starts it again when it ends. `--bundle DIR`: with the control plane of Kubernetes that
 * is in there. SIGTERM ends everything. Throws WorkshopError `usage` for wrong flags.
 */
export async function main(argv: string[]): Promise<void> {
  const { values } = readFlags(argv, options, { failure: 'could not start the cluster' });
  const log = processLog();
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  try {
    const settings = loadSettings(values.settings);
    const paths = clusterPaths(values.name ?? settings.cluster.name, values['state-dir']);
    const publish = (values.publish ?? []).map(Number);
    const controlPlane: ControlPlane =
      values.bundle === undefined ? embedded : { kind: 'kubernetes', bundle: values.bundle };
    await supervise({ settings, paths, publish, controlPlane, log, signal: stop.signal });
  } catch (error) {
    const words = lastWordsOf(error);
    log.error(words.message, { advice: words.advice });
    await tellStarter(words);
    process.exitCode = exitCodes[words.fault];
  }
  // Connections of clients that do not hang up must not keep it alive.
  await delay(0);
  process.exit();
}

const options = {
  name: { type: 'string' },
  'state-dir': { type: 'string' },
  settings: { type: 'string' },
  publish: { type: 'string', multiple: true },
  bundle: { type: 'string' },
} as const;

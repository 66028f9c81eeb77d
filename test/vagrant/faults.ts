import { messageOf } from '../../lib/errors.ts';
import { waitFor } from '../../lib/wait.ts';
import type { Workshop } from './workshop.ts';

/** What happens to machines in a class; each ends in service again. Returns what did not. */
export async function faults(workshop: Workshop): Promise<string[]> {
  const failures: string[] = [];
  for (const [what, happen] of Object.entries(happenings)) {
    try {
      await happen(workshop);
      await workshop(['resume']);
      await workshop(['verify', 'L-05', 'S-05']);
    } catch (error) {
      failures.push(`${what}: ${messageOf(error)}`);
    }
  }
  return failures;
}

const happenings: Readonly<Record<string, (workshop: Workshop) => Promise<unknown>>> = {
  'a worker is switched off': (workshop) => workshop(['halt', 'worker-node02']),
  'the master is started anew': async (workshop) => {
    await workshop(['ssh', 'master-node', '--', 'systemctl', 'reboot'], { mayFail: true });
    const gone = async () =>
      (await workshop(['ssh', 'master-node', '--', 'true'], { mayFail: true })).exitCode !== 0;
    await waitFor(gone, { what: 'the master to go', timeoutMs: 300_000, intervalMs: 1000 });
  },
  'the proxy of a worker is killed': (workshop) =>
    workshop(['ssh', 'worker-node01', '--', 'systemctl', 'kill', '--signal=KILL', 'workshop-proxy']),
};

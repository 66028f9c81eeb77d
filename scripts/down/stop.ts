import { WorkshopError } from '../../lib/errors.ts';
import { isAlive, type ProcessIdentity } from '../../lib/process-identity.ts';
import { waitFor } from '../../lib/wait.ts';

/** Ends a supervisor and with it the sandbox: SIGTERM, after `graceMs` SIGKILL. Resolves when it is gone. */
export async function stopSupervisor(supervisor: ProcessIdentity, graceMs = 15_000): Promise<void> {
  signalTo(supervisor, 'SIGTERM');
  const gone = () => !isAlive(supervisor);
  const wait = { what: 'the supervisor to end', intervalMs: 20 };
  await waitFor(gone, { ...wait, timeoutMs: graceMs }).catch(() => {
    signalTo(supervisor, 'SIGKILL');
    return waitFor(gone, { ...wait, timeoutMs: 5000 });
  });
}

function signalTo(supervisor: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(supervisor)) return;
  try {
    process.kill(supervisor.pid, signal);
  } catch (cause) {
    throw new WorkshopError(
      'environment',
      `could not end process ${supervisor.pid}: it belongs to another user`,
      {
        cause,
      },
    );
  }
}

import { spawn } from 'node:child_process';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkshopError } from '../../lib/errors.ts';
import { identify, type ProcessIdentity } from '../../lib/process-identity.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { waitFor } from '../../lib/wait.ts';

export interface SandboxProcess {
  /** Its pid 1, by its id on the host. */
  readonly init: ProcessIdentity;
  /** Resolves when every process of it is gone, with a word on why. */
  readonly ended: Promise<string>;
  /** Asks it to end, and after `graceMs` ends it. Resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts `inside` in new network, mount, pid, UTS and IPC namespaces, and in a user namespace when not root. Its output goes to
 * `logFile`. Throws WorkshopError `environment` when the kernel forbids that.
 */
export async function startSandbox(inside: readonly string[], logFile: string): Promise<SandboxProcess> {
  const script = join(repositoryRoot(), 'sandbox', 'supervise', 'init.sh');
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn('unshare', [...unshareFlags(), '--', 'sh', script, ...inside], {
    stdio: ['pipe', log, log],
    cwd: '/',
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const found = await Promise.race([
    waitFor(() => childOf(child.pid ?? 0), { what: 'the sandbox to begin', timeoutMs: 5000, intervalMs: 5 }),
    ended,
  ]);
  if (typeof found === 'string') throw forbidden(found, logFile);
  return {
    init: found,
    ended,
    async stop(graceMs = 10_000) {
      signalTo(found, 'SIGTERM');
      const cancel = new AbortController();
      const late = delay(graceMs, true, { signal: cancel.signal }).catch(() => false);
      if ((await Promise.race([ended.then(() => false), late])) === true) signalTo(found, 'SIGKILL');
      cancel.abort();
      await ended;
    },
  };
}

/** The flags of unshare(1) for a sandbox; only root needs no user namespace. */
export function unshareFlags(root: boolean = process.getuid?.() === 0): string[] {
  const own = ['--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child', '--mount-proc'];
  return root ? own : ['--user', '--map-root-user', ...own];
}

function signalTo({ pid, startTime }: ProcessIdentity, signal: NodeJS.Signals): void {
  if (identify(pid)?.startTime === startTime) process.kill(pid, signal);
}

/** unshare's one child is pid 1 of the new pid namespace. */
function childOf(parent: number): ProcessIdentity | undefined {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const ppid = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
      if (Number(ppid) === parent) return identify(Number(name));
    } catch {
      // It ended between the two looks.
    }
  }
  return undefined;
}

function forbidden(why: string, logFile: string): WorkshopError {
  const last = readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1) || why;
  return new WorkshopError('environment', `could not make namespaces for the sandbox: ${last}`, {
    advice: 'workshop doctor',
  });
}

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { identify, type ProcessId } from './process-id.ts';
import { hostPath, shellFolder } from './spawn.ts';

/**
 * Starts the process that holds a pod's network, host name and IPC namespaces (for a pod on the host's network: IPC alone).
 * Throws when the namespaces cannot be made.
 */
export function startHolder(options: {
  busybox: string;
  hostname: string;
  hostNetwork: boolean;
}): Promise<ProcessId> {
  const kinds = options.hostNetwork ? ['--ipc'] : ['--ipc', '--net', '--uts'];
  const name = options.hostNetwork ? '-' : options.hostname;
  const child = spawn(
    'unshare',
    [...kinds, '--', options.busybox, 'sh', join(shellFolder(), 'hold.sh'), name],
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: hostPath } },
  );
  child.unref();
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`could not make the pod's namespaces: ${errors.trim()}`)));
    child.stdout.once('data', () => {
      child.stdout.destroy();
      child.stderr.destroy();
      const holder = child.pid === undefined ? undefined : identify(child.pid);
      if (holder) resolve(holder);
      else reject(new Error("could not make the pod's namespaces: their holder ended"));
    });
  });
}

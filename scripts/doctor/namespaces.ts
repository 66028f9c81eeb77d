import { readFileSync } from 'node:fs';
import { unshareFlags } from '../../sandbox/supervise/namespaces.ts';
import { complaint, shell } from '../cli/shell.ts';
import { bad, type Finding, good } from './check.ts';

export interface NamespaceProbe {
  root?: boolean;
  /** A file below /proc/sys, or undefined when this kernel has none. */
  read?: (name: string) => string | undefined;
  /** Tries it; throws what the kernel said. */
  attempt?: () => Promise<unknown>;
  signal?: AbortSignal;
}

/** Tries to make the sandbox's namespaces; when that is refused, says which setting forbids it and how to change it. */
export async function checkNamespaces(probe: NamespaceProbe = {}): Promise<Finding[]> {
  const { root = process.getuid?.() === 0, read = readSetting, signal } = probe;
  const attempt = probe.attempt ?? (() => shell(signal)`unshare ${unshareFlags(root)} -- true`);
  try {
    await attempt();
    return [good('namespaces', root ? 'as root' : 'as an ordinary user')];
  } catch (error) {
    if (signal?.aborted) throw error;
    return [forbiddenBy(root, read) ?? bad('namespaces', complaint(error), otherwise(root))];
  }
}

function otherwise(root: boolean): string {
  return root
    ? 'a container that may make namespaces (docker run --privileged), or a machine of your own'
    : 'run it as root: sudo npm start';
}

function forbiddenBy(root: boolean, read: (name: string) => string | undefined): Finding | undefined {
  if (read('user/max_user_namespaces') === '0') {
    return forbidden('user/max_user_namespaces', 'user.max_user_namespaces=15000', '0');
  }
  if (root) return undefined;
  if (read('kernel/unprivileged_userns_clone') === '0') {
    return forbidden('kernel/unprivileged_userns_clone', 'kernel.unprivileged_userns_clone=1', '0');
  }
  if (read('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return forbidden(
      'kernel/apparmor_restrict_unprivileged_userns',
      'kernel.apparmor_restrict_unprivileged_userns=0',
      '1, AppArmor, as Ubuntu has it since 23.10',
    );
  }
  return undefined;
}

function forbidden(name: string, setting: string, value: string): Finding {
  const message = `this system keeps ordinary users from making namespaces (${name.replace('/', '.')} is ${value})`;
  return bad('namespaces', message, `sudo sysctl -w ${setting}   (or run it as root: sudo npm start)`);
}

function readSetting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

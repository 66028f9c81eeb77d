import { ExecError, run } from '../../../lib/exec.ts';
import type { ContainerRecord } from '../pods/record.ts';
import type { ProcessId } from './process-id.ts';
import { hostPath } from './spawn.ts';

/** Capabilities that containers have by default, as with Docker and containerd. */
const defaultCapabilities = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'net_bind_service',
  'net_raw',
  'sys_chroot',
  'mknod',
  'audit_write',
  'setfcap',
];

/** The folder inside each container that holds the program which drops privileges. */
export const toolsFolder = '/.workshop';

/**
 * The command that gives up what a container must not do on this machine, to be put before its program; empty for a
 * privileged one. Runs inside the container's own root.
 */
export function dropPrivileges(security: {
  privileged?: boolean | undefined;
  add?: readonly string[] | undefined;
  drop?: readonly string[] | undefined;
}): string[] {
  if (security.privileged) return [];
  const normal = (names: readonly string[] = []) =>
    names.map((name) => name.toLowerCase().replace(/^cap_/, ''));
  const added = normal(security.add);
  const dropped = normal(security.drop);
  if (added.includes('all')) return [];
  const kept = dropped.includes('all') ? [] : defaultCapabilities.filter((name) => !dropped.includes(name));
  const set = ['-all', ...[...new Set([...kept, ...added])].map((name) => `+${name}`)].join(',');
  const setpriv = [`${toolsFolder}/loader`, '--library-path', toolsFolder, `${toolsFolder}/setpriv`];
  return [...setpriv, '--inh-caps', '-all', '--bounding-set', set];
}

/** The arguments of nsenter that run a command in a running container, with the container's environment. */
export function enterContainer(
  process: ProcessId,
  record: Pick<ContainerRecord, 'env' | 'privileges'>,
  command: readonly string[],
  extra: Record<string, string> = {},
): string[] {
  const variables = Object.entries({ ...record.env, ...extra }).map(([name, value]) => `${name}=${value}`);
  return [
    ...['-t', String(process.pid), '-m', '-u', '-i', '-n', '-p', '-r', '-w', '--'],
    ...[...record.privileges, '/bin/busybox', 'env', '-i', ...variables],
    ...command,
  ];
}

/** Runs a command in a container to its end. Exit code 124 when it took longer than allowed. */
export async function runInContainer(
  process: ProcessId,
  record: ContainerRecord,
  command: readonly string[],
  timeoutMs: number,
): Promise<{ exitCode: number; output: string }> {
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1000)));
  try {
    const limited = ['/bin/busybox', 'timeout', '-s', 'KILL', seconds, ...command];
    const result = await run('nsenter', enterContainer(process, record, limited), {
      env: { PATH: hostPath },
      timeoutMs: timeoutMs + 500,
      okCodes: Array.from({ length: 256 }, (_, code) => code),
    });
    return { exitCode: result.exitCode, output: (result.stdout + result.stderr).slice(0, 10_240) };
  } catch (error) {
    if (error instanceof ExecError && error.kind === 'timeout')
      return { exitCode: 124, output: 'command timed out' };
    throw error;
  }
}

import { WorkshopError } from '../errors.ts';
import { ExecError, type RunResult, run } from '../exec.ts';
import { shellWord } from '../shell-word.ts';
import type { CommandOptions } from './cluster.ts';

/** How nodes are reached; everything that is not given is ssh's own affair (ssh_config(5)). */
export interface SshSettings {
  /** `-F`: keys, users, ports, jump hosts. */
  readonly configFile?: string | undefined;
  readonly user?: string | undefined;
  readonly key?: string | undefined;
  readonly port?: string | undefined;
}

/** The way to one node. */
export interface NodeAccess {
  /** Program and arguments to which one more word, a POSIX shell command, is added to run it there. */
  readonly ssh: readonly [string, ...string[]];
  /** Words before each command there that make it root's; none when ssh logs in as root. */
  readonly become: readonly string[];
}

export interface NodeToReach {
  readonly name: string;
  readonly address: string;
  /** The address was named by the user, so that it takes the place of what ssh's configuration says. */
  readonly isGiven?: boolean | undefined;
}

/**
 * The way to a node. Its name is the name that ssh's configuration may know it by; unless that gives it an address, `address` is
 * used. Throws WorkshopError `environment` when ssh does not take its own settings, or is not there.
 */
export async function nodeAccess(
  { name, address, isGiven = false }: NodeToReach,
  { configFile, user, key, port }: SshSettings,
  signal?: AbortSignal,
): Promise<NodeAccess> {
  const words = [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(key === undefined ? [] : ['-i', key, '-o', 'IdentitiesOnly=yes']),
    ...(port === undefined ? [] : ['-p', port]),
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
  ];
  const resolved = await askSsh([...words, '-G', name], signal);
  const own = isGiven || resolved.get('hostname') === name ? ['-o', `HostName=${address}`] : [];
  return {
    ssh: ['ssh', ...words, ...own, name],
    become: resolved.get('user') === 'root' ? [] : ['sudo', '-n'],
  };
}

/** The command line that runs `argv` as root on the node; with `terminal` it has one there. */
export function sshCommand(
  { ssh, become }: NodeAccess,
  argv: readonly string[],
  terminal = false,
): readonly [string, ...string[]] {
  const command = [...become, ...argv].map(shellWord).join(' ');
  return [...ssh, ...(terminal ? ['-t'] : []), '--', command];
}

/**
 * Runs such a command line. Resolves whatever the exit code of the command there is; throws WorkshopError `environment`, with
 * `advice`, when ssh itself did not get there.
 */
export async function runBySsh(
  node: string,
  command: readonly [string, ...string[]],
  options: CommandOptions,
  advice: string,
): Promise<RunResult> {
  const result = await runHere(command, options);
  if (
    result.exitCode !== sshFailed ||
    !/^ssh:|Connection|timed out|Host key|Permission denied \(/m.test(result.stderr)
  )
    return result;
  throw new WorkshopError('environment', `could not reach ${node}: ${lastLine(result.stderr)}`, {
    advice,
    cause: new ExecError('failed', 'ssh', result.stderr, result),
  });
}

/** Runs a command line on this computer. Resolves whatever its exit code is. */
export async function runHere(
  [program, ...args]: readonly [string, ...string[]],
  { timeoutMs = 30_000, ...options }: CommandOptions,
): Promise<RunResult> {
  return await run(program, args, { ...options, timeoutMs, okCodes: anyCode });
}

const anyCode = Array.from({ length: 256 }, (_, code) => code);

/** ssh's own failures have this exit code (ssh(1)). */
const sshFailed = 255;

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim().replace(/\.$/, '') ?? '';
}

async function askSsh(words: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
  try {
    const { stdout } = await run('ssh', words, { signal, timeoutMs: 10_000 });
    const lines = stdout.split('\n').map((line) => line.split(' '));
    return new Map(lines.map(([option = '', value = '']) => [option, value]));
  } catch (cause) {
    if (!(cause instanceof ExecError) || cause.kind === 'aborted') throw cause;
    const advice =
      cause.kind === 'missing' ? 'apt-get install openssh-client' : 'ssh with the same options by hand';
    throw new WorkshopError('environment', cause.message, { advice, cause });
  }
}

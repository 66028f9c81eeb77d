import { ExecError, run } from '../../../lib/exec.ts';
import type { Scheduler } from './options.ts';
import { device } from './text.ts';

/** Why this mode cannot work here, in words that end a sentence; undefined when it can. */
export async function supported(
  scheduler: Scheduler = 'rr',
  signal?: AbortSignal,
): Promise<string | undefined> {
  for (const trial of [tryServer, trySets, tryDevice]) {
    const why = await trial(scheduler, signal);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Adding a virtual server loads the modules, shows the rights and whether the scheduler is there. Its address is one for examples. */
async function tryServer(scheduler: Scheduler, signal?: AbortSignal): Promise<string | undefined> {
  const at = ['-t', '198.51.100.0:20000'];
  // By mh go clients with affinity under policy Local, whatever the scheduler of all others.
  await attempt('modprobe', ['--all', 'ip_vs', `ip_vs_${scheduler}`, 'ip_vs_mh'], signal);
  const listed = await attempt('ipvsadm', ['-Ln'], signal);
  if (listed) return listed.kind === 'missing' ? missing('ipvsadm') : 'the kernel has no IPVS (module ip_vs)';
  const added = await attempt('ipvsadm', ['-A', ...at, '-s', scheduler], signal);
  if (!added || added.stderr.includes('already exists')) {
    await attempt('ipvsadm', ['-D', ...at], signal);
    return undefined;
  }
  if (/not permitted|denied/i.test(added.stderr)) return 'this process may not change virtual servers';
  return `the kernel cannot schedule by ${scheduler} (module ip_vs_${scheduler})`;
}

/** A set with every feature that ours use. ipset looks protocols up in /etc/protocols. */
async function trySets(_scheduler: Scheduler, signal?: AbortSignal): Promise<string | undefined> {
  const lines = [
    'create -exist WORKSHOP-TRIAL hash:ip,port skbinfo',
    'add -exist WORKSHOP-TRIAL 198.51.100.0,tcp:20000 skbmark 0x2000',
    'destroy WORKSHOP-TRIAL',
  ];
  const failed = await attempt('ipset', ['restore'], signal, `${lines.join('\n')}\n`);
  if (!failed) return undefined;
  return failed.kind === 'missing' ? missing('ipset') : `ipset does not work here: ${firstLine(failed)}`;
}

async function tryDevice(_scheduler: Scheduler, signal?: AbortSignal): Promise<string | undefined> {
  const failed = await attempt('ip', ['link', 'add', device, 'type', 'dummy'], signal);
  if (!failed) {
    await attempt('ip', ['link', 'del', device], signal);
    return undefined;
  }
  if (failed.stderr.includes('File exists')) return undefined;
  return failed.kind === 'missing' ? missing('ip') : 'the kernel has no dummy devices (module dummy)';
}

async function attempt(
  command: string,
  args: readonly string[],
  signal?: AbortSignal,
  input?: string,
): Promise<ExecError | undefined> {
  try {
    await run(command, args, { signal, input, timeoutMs: 30_000 });
    return undefined;
  } catch (error) {
    if (error instanceof ExecError && error.kind !== 'aborted') return error;
    throw error;
  }
}

function missing(program: string): string {
  return `the program ${program} is not installed`;
}

function firstLine({ stderr, message }: ExecError): string {
  return stderr.trim().split('\n')[0] || message;
}

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WorkshopError } from '../../lib/errors.ts';

export interface Machine {
  readonly kernel: string;
  /** Several archives, one after the other, are one to the kernel. */
  readonly initramfs: string;
  /** Where the kernel's messages go. */
  readonly consoleLog: string;
  readonly timeoutMs: number;
}

/** Boots an emulated machine and resolves with the guest's exit code when it has switched itself off. Lines come as they are said. */
export async function boot(
  machine: Machine,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const limit = AbortSignal.timeout(machine.timeoutMs);
  const child = spawn('qemu-system-x86_64', qemuArguments(machine), {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, limit]),
    killSignal: 'SIGKILL',
  });
  let exit: number | undefined;
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (raw) => {
    const line = raw.replace(/\r$/, '');
    const [, code] = /^EXIT (\d+)$/.exec(line) ?? [];
    if (code === undefined) onLine(line);
    else exit = Number(code);
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const failure = await new Promise<Error | undefined>((resolve) => {
    child.once('error', resolve);
    child.once('close', () => resolve(undefined));
  });
  signal.throwIfAborted();
  if (exit !== undefined) return exit;
  if (limit.aborted) {
    const seconds = machine.timeoutMs / 1000;
    throw new WorkshopError('timeout', `could not finish in the emulated machine: ${seconds} s passed`, {
      advice: `reading ${machine.consoleLog}`,
    });
  }
  throw new WorkshopError(
    'environment',
    `could not run the emulated machine: ${failure?.message ?? (stderr.trim() || 'it stopped')}`,
    {
      advice: `reading ${machine.consoleLog}`,
    },
  );
}

/**
 * Plain emulation, as KVM is seldom there for those who need this. `cx16` is off: with it, Linux 6.12 went astray under
 * QEMU 7.2 (registers damaged around CMPXCHG16B).
 */
function qemuArguments({ kernel, initramfs, consoleLog }: Machine): string[] {
  return [
    ...[
      '-machine',
      'pc',
      '-accel',
      'tcg,thread=multi,tb-size=512',
      '-cpu',
      'max,cx16=off',
      '-smp',
      '2',
      '-m',
      '1536',
    ],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-kernel', kernel, '-initrd', initramfs],
    ...[
      '-append',
      'console=ttyS0 quiet loglevel=4 panic=-1 rdinit=/init mitigations=off random.trust_cpu=on tsc=unstable',
    ],
    ...['-serial', `file:${consoleLog}`, '-serial', 'stdio'],
  ];
}

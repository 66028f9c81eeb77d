import { $, ProcessOutput, type Shell } from 'zx';
import { messageOf } from '../../lib/errors.ts';
import { shellWord } from '../../lib/shell-word.ts';

/**
 * zx's `$` for a command's own small scripts: quiet, in plain English, ended by `signal`. Values in the template are quoted by
 * zx and arrays become several words; what goes on running is started by lib/exec.ts instead, without a shell.
 */
export function shell(signal?: AbortSignal): Shell {
  const path = `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`;
  return $({
    quiet: true,
    shell: '/bin/sh',
    prefix: 'set -e;',
    // For any POSIX shell; zx's own quoting needs bash.
    quote: shellWord,
    env: { ...process.env, PATH: path, LC_ALL: 'C' },
    ...(signal && { signal }),
  });
}

/** What a failed script said: the first line of its standard error. */
export function complaint(thrown: unknown): string {
  if (!(thrown instanceof ProcessOutput)) return messageOf(thrown);
  const [first = ''] = thrown.stderr.trim().split('\n');
  return first || `exit code ${thrown.exitCode}`;
}

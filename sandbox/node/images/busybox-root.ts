import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExecError, run } from '../../../lib/exec.ts';
import { repositoryRoot } from '../../../lib/root.ts';

/** Fills `root` with the lowest layer of every image: the machine's static busybox and a link in /bin for each applet. */
export async function installBusybox(busybox: string, root: string): Promise<void> {
  for (const part of ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp', 'usr/libexec', 'var']) {
    mkdirSync(join(root, part), { recursive: true });
  }
  cpSync(busybox, join(root, 'bin/busybox'), { dereference: true });
  const { stdout } = await run(busybox, ['--list']);
  for (const applet of stdout.trim().split('\n')) {
    if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
  }
  symlinkSync('../bin', join(root, 'usr/bin'));
  symlinkSync('bin', join(root, 'sbin'));
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
  );
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  if (!stdout.split('\n').includes('printenv')) installScript('printenv', root);
  if (await crashesOnTimeout(busybox)) mendWget(busybox, root);
}

/** Debian 12's busybox 1.35 ends with a segmentation fault on `wget -T SECONDS`. Nothing listens on the port asked. */
async function crashesOnTimeout(busybox: string): Promise<boolean> {
  try {
    await run(busybox, ['wget', '-T', '1', '-q', '-O', '/dev/null', 'http://127.0.0.1:1/'], {
      okCodes: [0, 1],
    });
    return false;
  } catch (error) {
    return error instanceof ExecError && error.kind === 'failed';
  }
}

/**
 * Puts a script in wget's place. Debian's busybox shell prefers its own applets to what lies in the PATH, so in the copy
 * the applet gets another name (of the same length and the same place in the sorted table); the script calls an unchanged
 * copy, whose messages still say `wget:`.
 */
function mendWget(busybox: string, root: string): void {
  const program = readFileSync(busybox);
  const at = program.indexOf('\0wget\0', 0, 'latin1');
  if (at >= 0) program.write('wgeT', at + 1, 'latin1');
  writeFileSync(join(root, 'bin/busybox'), program, { mode: 0o755 });
  cpSync(busybox, join(root, 'usr/libexec/wget'), { dereference: true });
  installScript('wget', root);
}

function installScript(name: string, root: string): void {
  const script = readFileSync(join(repositoryRoot(), 'sandbox/images/busybox', name));
  rmSync(join(root, 'bin', name), { force: true });
  writeFileSync(join(root, 'bin', name), script, { mode: 0o755 });
}

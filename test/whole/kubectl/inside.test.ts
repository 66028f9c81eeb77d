import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../../lib/exec.ts';
import { kubectlSession } from './session.ts';

/** For script(1), which takes its command as one shell line. */
const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

describe('kubectl, as it is installed, against the sandbox: inside a pod', function () {
  this.timeout(90_000);
  const { folder, kubectl, succeeds, fails, start, firstPod, cluster, ready } =
    kubectlSession('kubectl-inside');
  before(ready);

  it('runs a pod to its end and shows what it wrote', async () => {
    await succeeds(
      [
        'run',
        'once',
        '--image=docker.io/busybox',
        '--restart=Never',
        '--rm',
        '-i',
        '--',
        'sh',
        '-c',
        'read x; echo got $x',
      ],
      /got hello/,
      { input: 'hello\n' },
    );
    await fails(['get', 'pod', 'once'], /NotFound/);
  });

  it('executes, with input, exit code and both outputs', async () => {
    const pod = await firstPod();
    await succeeds(['exec', pod, '--', 'hostname'], new RegExp(`^${pod}\n`));
    await succeeds(['exec', '-i', pod, '--', 'cat'], /^through\n$/, { input: 'through\n' });
    const { code, text } = await kubectl(['exec', pod, '--', 'sh', '-c', 'echo out; echo err >&2; exit 7']);
    expect(code).to.equal(7);
    expect(text).to.contain('out').and.to.contain('err').and.to.contain('exit code 7');
    await fails(['exec', 'nobody', '--', 'true'], 'Error from server (NotFound): pods "nobody" not found');
  });

  it('gives a real terminal', async () => {
    const pod = await firstPod();
    const inside = ['exec', '-it', pod, '--', 'sh', '-c', 'test -t 0 && test -t 1 && echo terminal'];
    const line = ['kubectl', '--kubeconfig', cluster().kubeconfig, '-n', 'kubectl-inside', ...inside]
      .map(quote)
      .join(' ');
    const result = await run('script', ['-qec', line, '/dev/null'], { timeoutMs: 20_000 });
    expect(result.stdout).to.contain('terminal');
  });

  it('follows logs, and shows the last lines', async () => {
    await succeeds(
      [
        'run',
        'talker',
        '--image=busybox',
        '--restart=Never',
        '--',
        'sh',
        '-c',
        'for i in 1 2 3; do echo line $i; done; sleep 2; echo last',
      ],
      /created/,
    );
    await succeeds(['wait', '--for=condition=Ready', 'pod/talker', '--timeout=20s'], /met/);
    await succeeds(['logs', 'talker', '-f'], /^line 1\nline 2\nline 3\nlast\n$/);
    await succeeds(['logs', 'talker', '--tail=1'], /^last\n$/);
    await succeeds(['logs', 'talker', '--timestamps', '--tail=1'], /^\d{4}-\d\d-\d\dT\S+Z last\n$/);
    await succeeds(['get', 'pod', 'talker'], /talker\s+0\/1\s+Completed/);
  });

  it('copies files in and out', async () => {
    const pod = await firstPod();
    writeFileSync(join(folder, 'in.txt'), 'copied\n');
    await succeeds(['cp', join(folder, 'in.txt'), `${pod}:/tmp/in.txt`], /^/);
    await succeeds(['exec', pod, '--', 'cat', '/tmp/in.txt'], /^copied\n$/);
    await succeeds(['cp', `${pod}:/tmp/in.txt`, join(folder, 'out.txt')], /^/);
  });

  it('forwards a port', async () => {
    const forwarding = start(['port-forward', 'service/web', ':8080']);
    try {
      const [, port] = await forwarding.prints(/127\.0\.0\.1:(\d+)/);
      const ask = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
      for (const body of await Promise.all([ask(), ask(), ask()])) expect(body).to.match(/Hello,\s+web-/);
    } finally {
      forwarding.child.kill();
    }
  });
});

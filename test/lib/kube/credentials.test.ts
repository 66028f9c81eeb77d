import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../../lib/exec.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { authorization } from '../../../lib/kube/transport.ts';

describe('a kubeconfig whose user has a tokenFile, as kubeadm gives kube-proxy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
  const file = join(folder, 'kubeconfig');
  after(() => rmSync(folder, { recursive: true }));

  function kubeconfig(user: object): string {
    const config = {
      clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443' } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  it('logs in with what the file holds now, before any other token', () => {
    writeFileSync(join(folder, 'token'), 'first\n');
    const credentials = loadKubeconfig(kubeconfig({ tokenFile: 'token', token: 'other' }));
    expect(authorization(credentials)).to.eql({ authorization: 'Bearer first' });
    writeFileSync(join(folder, 'token'), 'second\n');
    expect(authorization(credentials)).to.eql({ authorization: 'Bearer second' });
  });

  it('names the field when there is no such file', () => {
    expect(() => loadKubeconfig(kubeconfig({ tokenFile: 'gone' }))).to.throw(/tokenFile of the user u/);
  });

  it('is read once, so that both are of the same moment', async () => {
    const pipe = join(folder, 'pipe');
    await run('mkfifo', [pipe]);
    writeFileSync(join(folder, 'token'), 'first\n');
    const writer = spawn('sh', ['-c', 'cat "$1" >"$2"', 'sh', kubeconfig({ tokenFile: 'token' }), pipe]);
    const ended = once(writer, 'exit');
    // In a process of its own: a second reading of the pipe would wait for ever.
    const reader = ['--import', 'tsx', join(import.meta.dirname, 'print-token.ts'), pipe];
    try {
      const { stdout } = await run(process.execPath, reader, { timeoutMs: 15_000 });
      expect(stdout).to.equal('Bearer first');
    } finally {
      writer.kill();
      await ended;
    }
  });

  it('needs none with a token', () => {
    expect(authorization(loadKubeconfig(kubeconfig({ token: 't' })))).to.eql({ authorization: 'Bearer t' });
  });
});

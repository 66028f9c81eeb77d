import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { WorkshopError } from '../../../lib/errors.ts';
import { run } from '../../../lib/exec.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { readKubeconfig } from '../../../lib/kube/kubeconfig-file.ts';

describe('a list of kubeconfigs, as kubectl takes it from KUBECONFIG', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconfigs-'));
  after(() => rmSync(folder, { recursive: true }));

  function write(name: string, content: object): string {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...content }), { mode: 0o600 });
    return file;
  }

  it('is refused with a command that makes one file of it, which then does', async () => {
    const cluster = { cluster: 'c', user: 'u' };
    const context = write('x', { contexts: [{ name: 'x', context: cluster }], 'current-context': 'x' });
    const rest = write('rest', {
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user: { token: 'secret' } }],
    });
    const list = `${context}:${rest}`;
    const advice = adviceOf(() => loadKubeconfig(list));
    const [command = ''] = advice.split(' >FILE, and --kubeconfig FILE');
    expect(command).to.match(/^KUBECONFIG=/);
    const { stdout } = await run('sh', ['-c', command]);
    const one = join(folder, 'one');
    writeFileSync(one, stdout, { mode: 0o600 });
    expect(loadKubeconfig(one)).to.include({ server: 'https://127.0.0.1:1', token: 'secret' });
  });

  it('is no file whose name has a colon', () => {
    mkdirSync(join(folder, 'a:b'));
    expect(readKubeconfig(write('a:b/c:d', {}))).to.contain('Config');
  });

  function adviceOf(act: () => unknown): string {
    try {
      act();
    } catch (error) {
      if (error instanceof WorkshopError) return error.advice ?? '';
    }
    return '';
  }
});

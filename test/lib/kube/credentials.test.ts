import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
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

  it('needs none with a token', () => {
    expect(authorization(loadKubeconfig(kubeconfig({ token: 't' })))).to.eql({ authorization: 'Bearer t' });
  });
});

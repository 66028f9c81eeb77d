import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { run } from '../../../lib/exec.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { type ClusterPaths, clusterPaths } from '../../../lib/paths.ts';
import { repositoryRoot } from '../../../lib/root.ts';
import { loadSettings, parseSettings } from '../../../lib/settings/load.ts';
import { createAuthority, issue } from '../../../sandbox/pki/authority.ts';
import { ensurePki } from '../../../sandbox/pki/ensure.ts';

describe('the cluster certificates', () => {
  const settings = loadSettings();
  let state = '';
  let paths: ClusterPaths;
  before(async () => {
    state = mkdtempSync(join(tmpdir(), 'pki-'));
    paths = clusterPaths('test', state);
    await ensurePki(paths, settings, 6443);
  });
  after(() => rmSync(state, { recursive: true }));

  const read = (name: string) => readFileSync(join(paths.root, name), 'utf8');
  const certificate = (name: string) => new X509Certificate(read(`pki/${name}.crt`));

  it('name the API server as kubeadm does', () => {
    const cert = certificate('apiserver');
    for (const name of ['master-node', 'kubernetes', 'kubernetes.default.svc.cluster.local', 'localhost']) {
      expect(cert.checkHost(name), name).to.equal(name);
    }
    for (const address of ['192.168.56.10', '172.17.0.1', '127.0.0.1']) {
      expect(cert.checkIP(address), address).to.equal(address);
    }
    expect(cert.checkHost('other')).to.equal(undefined);
  });

  it('are all signed by the authority', () => {
    const ca = certificate('ca');
    const names = readdirSync(paths.pki).filter((file) => file.endsWith('.crt'));
    expect(names).to.have.length(6);
    for (const name of names) {
      const cert = certificate(name.replace('.crt', ''));
      expect(cert.verify(ca.publicKey), name).to.equal(true);
      expect(cert.ca, name).to.equal(name === 'ca.crt');
    }
  });

  it('give each component its user and groups', () => {
    const subject = (name: string) =>
      new X509Certificate(loadKubeconfig(join(paths.root, name)).cert ?? '').subject;
    expect(subject('kubeconfig')).to.equal('O=kubeadm:cluster-admins\nCN=kubernetes-admin');
    expect(subject('kubeconfigs/node-worker-node01.conf')).to.equal(
      'O=system:nodes\nCN=system:node:worker-node01',
    );
    expect(subject('kubeconfigs/proxy.conf')).to.equal('CN=system:kube-proxy');
    expect(loadKubeconfig(paths.kubeconfig).server).to.equal('https://127.0.0.1:6443');
    expect(loadKubeconfig(`${paths.kubeconfigs}/proxy.conf`).server).to.equal('https://192.168.56.10:6443');
  });

  it('are secret: keys and kubeconfigs 0600, folders 0700', () => {
    const mode = (name: string) => (statSync(join(paths.root, name)).mode & 0o777).toString(8);
    const secrets = ['kubeconfig', 'kubeconfigs/proxy.conf', 'pki/ca.key', 'pki/apiserver.key'];
    expect(secrets.map(mode)).to.deep.equal(['600', '600', '600', '600']);
    expect(['pki', 'kubeconfigs'].map(mode)).to.deep.equal(['700', '700']);
  });

  it('let a client and the API server know each other over TLS', async () => {
    const server = createServer({
      cert: read('pki/apiserver.crt'),
      key: read('pki/apiserver.key'),
      ca: read('pki/ca.crt'),
      requestCert: true,
    });
    server.on('secureConnection', (socket: TLSSocket) => {
      socket.end(`${socket.authorized} ${socket.getPeerCertificate().subject.CN}`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { ca = '', cert = '', key = '' } = loadKubeconfig(paths.kubeconfig);
    const { port } = server.address() as { port: number };
    const client = connect({ host: '127.0.0.1', port, ca, cert, key });
    const [seen] = (await once(client, 'data')) as [Buffer];
    expect(seen.toString()).to.equal('true kubernetes-admin');
    client.destroy();
    server.close();
  });

  it('stay as they are the second time', async () => {
    expect(await ensurePki(paths, settings, 6443)).to.deep.equal([]);
  });

  it('follow the port and the addresses', async () => {
    expect(await ensurePki(paths, settings, 6444)).to.deep.equal(['kubeconfig']);
    const text = readFileSync(`${repositoryRoot()}/settings.yaml`, 'utf8');
    const moved = parseSettings(text.replace('192.168.56.10', '192.168.56.20'), 'moved');
    const written = await ensurePki(paths, moved, 6444);
    expect(written).to.include('pki/apiserver').and.include('kubeconfigs/proxy.conf');
    expect(written).to.not.include('pki/kubelet-worker-node01');
  });

  it('are made again when damaged, expiring, or from another authority', async () => {
    await ensurePki(paths, settings, 6443);
    writeFileSync(`${paths.pki}/kubelet-worker-node01.crt`, 'damaged');
    const ca = { cert: read('pki/ca.crt'), key: read('pki/ca.key') };
    const names = ['worker-node02', '192.168.56.12'];
    const identity = { commonName: 'system:node:worker-node02', groups: ['system:nodes'], names };
    const elevenMonthsAgo = new Date(Date.now() - 340 * 86_400_000);
    const old = await issue(ca, identity, elevenMonthsAgo);
    writeFileSync(`${paths.pki}/kubelet-worker-node02.crt`, old.cert);
    writeFileSync(`${paths.pki}/kubelet-worker-node02.key`, old.key);
    const foreign = await issue(await createAuthority(), { commonName: 'kube-apiserver-kubelet-client' });
    writeFileSync(`${paths.pki}/apiserver-kubelet-client.crt`, foreign.cert);
    expect(await ensurePki(paths, settings, 6443)).to.deep.equal([
      'pki/apiserver-kubelet-client',
      'pki/kubelet-worker-node01',
      'pki/kubelet-worker-node02',
    ]);
  });

  it('can be signed by an authority that another program made, as kubeadm makes them', async () => {
    const file = (name: string) => join(state, name);
    await run('openssl', ['genrsa', '-traditional', '-out', file('rsa.key'), '2048']);
    const more = ['-subj', '/CN=kubernetes', '-days', '10', '-out', file('rsa.crt')];
    await run('openssl', ['req', '-x509', '-new', '-key', file('rsa.key'), ...more]);
    const ca = { cert: readFileSync(file('rsa.crt'), 'utf8'), key: readFileSync(file('rsa.key'), 'utf8') };
    writeFileSync(file('client.crt'), (await issue(ca, { commonName: 'system:kube-proxy' })).cert);
    const verified = ['verify', '-CAfile', file('rsa.crt'), file('client.crt')];
    expect((await run('openssl', verified)).stdout).to.include('client.crt: OK');
  });
});

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { sha256Of } from '../../../lib/bundle/verify.ts';
import { run } from '../../../lib/exec.ts';
import { onDisk } from '../../../scripts/bundle/disk.ts';
import { type OciImage, writeOciArchive } from '../../../scripts/bundle/oci-archive.ts';
import { imagesUsed } from '../../../scripts/bundle/used-images.ts';

describe('an archive of container images', () => {
  let folder: string;
  const image = (name: string, layers: string[]): OciImage => ({
    name,
    layers: layers.map((layer) => join(folder, layer)),
    entrypoint: ['/bin/sh'],
    cmd: [],
    env: { A: 'b' },
    workdir: '/',
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oci-'));
    mkdirSync(join(folder, 'base/bin'), { recursive: true });
    writeFileSync(join(folder, 'base/bin/sh'), 'shell', { mode: 0o755 });
    symlinkSync('sh', join(folder, 'base/bin/ash'));
    mkdirSync(join(folder, 'top'));
    writeFileSync(join(folder, 'top/index.html'), 'hello');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function unpack(file: string): Promise<(path: string) => Record<string, never>> {
    const to = join(folder, 'unpacked');
    mkdirSync(to);
    await run('tar', ['-xf', file, '-C', to]);
    return (path) => JSON.parse(readFileSync(join(to, path), 'utf8')) as Record<string, never>;
  }

  it('names its images as containerd does, shares layers, and every digest is right', async () => {
    const file = join(folder, 'images.tar');
    const images = [
      image('docker.io/library/a:1', ['base']),
      image('docker.io/library/b:2', ['base', 'top']),
    ];
    await writeOciArchive(file, images, folder);
    const read = await unpack(file);
    const index = read('index.json') as unknown as { manifests: Manifest[] };
    expect(index.manifests.map(({ annotations }) => annotations['io.containerd.image.name'])).to.deep.equal([
      'docker.io/library/a:1',
      'docker.io/library/b:2',
    ]);
    const blob = (digest: string) => `blobs/${digest.replace(':', '/')}`;
    const [a, b] = index.manifests.map(({ digest }) => read(blob(digest)) as unknown as Content);
    expect(a?.layers[0]?.digest).to.equal(b?.layers[0]?.digest);
    for (const { digest } of [...(b?.layers ?? []), ...index.manifests]) {
      expect(`sha256:${await sha256Of(join(folder, 'unpacked', blob(digest)))}`).to.equal(digest);
    }
    const config = read(blob(b?.config.digest ?? '')) as unknown as { config: { Env: string[] } };
    expect(config.config.Env).to.include('A=b');
  });

  it('is the same, byte by byte, from the same files at another time', async () => {
    const images = [image('docker.io/library/b:2', ['base', 'top'])];
    await writeOciArchive(join(folder, 'one.tar'), images, folder);
    utimesSync(join(folder, 'top/index.html'), 1, 1);
    await writeOciArchive(join(folder, 'two.tar'), images, folder);
    expect(await sha256Of(join(folder, 'one.tar'))).to.equal(await sha256Of(join(folder, 'two.tar')));
  });
});

interface Manifest {
  digest: string;
  annotations: Record<string, string>;
}

interface Content {
  config: { digest: string };
  layers: { digest: string }[];
}

describe('the images of a bundle', () => {
  it('are those that the manifests and labs name, in full', () => {
    const used = imagesUsed();
    expect(used).to.include.members([
      'docker.io/alicek106/rr-test:echo-hostname',
      'docker.io/library/busybox:1.36',
      'docker.io/library/nginx:1.27',
      'docker.io/library/redis:7.4',
      'docker.io/library/mysql:8.0',
    ]);
    expect(used.filter((name) => name.includes('coredns'))).to.deep.equal([]);
  });
});

describe('the disk of a bundle', () => {
  const cases: [string, boolean][] = [
    ['bin/kubelet', true],
    ['bin/kubeadm', true],
    ['bin/kube-apiserver', false],
    ['bin/coredns', false],
    ['cni/bridge', true],
    ['images/node.tar', true],
    ['VERSION', true],
  ];
  for (const [path, expected] of cases) {
    it(`has ${expected ? '' : 'no '}${path}`, () => expect(onDisk(path)).to.equal(expected));
  }
});

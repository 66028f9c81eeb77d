import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Bundle, fileIn, readBundle } from '../../../lib/bundle/bundle.ts';
import { modeText, requireWhole, sha256Of, verifyBundle } from '../../../lib/bundle/verify.ts';
import { WorkshopError } from '../../../lib/errors.ts';

describe('a bundle', () => {
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/kubectl'), 'program', { mode: 0o755 });
    writeFileSync(join(folder, 'bin/kubelet'), 'another', { mode: 0o755 });
    await writeManifest(folder, ['bin/kubectl', 'bin/kubelet']);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is whole as it was made', async () => {
    expect(await verifyBundle(readBundle(folder))).to.deep.equal([]);
    await requireWhole(readBundle(folder));
  });

  const damages: [string, (file: string) => void, object][] = [
    ['truncated', (file) => truncateSync(file, 3), { kind: 'truncated', detail: 'has 3 bytes, not 7' }],
    ['grown', (file) => writeFileSync(file, 'programs'), { kind: 'changed', detail: 'has 8 bytes, not 7' }],
    [
      'changed',
      (file) => writeFileSync(file, 'pragram'),
      { kind: 'changed', detail: 'has another content than when it was made' },
    ],
    ['missing', (file) => rmSync(file), { kind: 'missing', detail: 'is missing' }],
    [
      'not executable any more',
      (file) => chmodSync(file, 0o644),
      { kind: 'mode', detail: 'has mode 0644, not 0755' },
    ],
  ];
  for (const [how, damage, fault] of damages) {
    it(`names a file that is ${how}`, async () => {
      damage(join(folder, 'bin/kubectl'));
      expect(await verifyBundle(readBundle(folder))).to.deep.equal([{ path: 'bin/kubectl', ...fault }]);
      const refusal = await requireWhole(readBundle(folder)).catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(WorkshopError).with.property('fault', 'environment');
      expect((refusal as Error).message).to.include('bin/kubectl');
    });
  }

  it('names a file that does not belong to it', async () => {
    writeFileSync(join(folder, 'bin/kubectl.part'), '');
    expect(await verifyBundle(readBundle(folder))).to.deep.equal([
      { path: 'bin/kubectl.part', kind: 'extra', detail: 'is not part of the bundle' },
    ]);
  });

  it('gives the paths of its files alone', () => {
    const bundle = readBundle(folder);
    expect(fileIn(bundle, 'bin/kubelet')).to.equal(join(folder, 'bin/kubelet'));
    expect(() => fileIn(bundle, 'bin/etcd')).to.throw('it has no bin/etcd');
  });

  const bad: [string, string, string][] = [
    ['is cut off', '{"format": 1', 'could not use the bundle'],
    ['is of a later form', '{"format": 2, "files": []}', 'not of a form that is known here'],
    [
      'points out of the folder',
      '{"format":1,"kubernetes":"v1","files":[{"path":"../x","sha256":"","size":1}]}',
      'not of a form that is known here',
    ],
  ];
  for (const [what, text, message] of bad) {
    it(`is refused when bundle.json ${what}`, () => {
      writeFileSync(join(folder, 'bundle.json'), text);
      expect(() => readBundle(folder)).to.throw(WorkshopError, message);
    });
  }

  it('is refused when there is none, with the command that makes one', () => {
    expect(() => readBundle(join(folder, 'none')))
      .to.throw(WorkshopError, 'there is none')
      .with.property('advice', 'workshop bundle');
  });
});

async function writeManifest(folder: string, paths: readonly string[]): Promise<void> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const { size, mode } = statSync(join(folder, path));
      return { path, sha256: await sha256Of(join(folder, path)), size, mode: modeText(mode) };
    }),
  );
  const manifest: Bundle['manifest'] = {
    format: 1,
    kubernetes: 'v1.35.4',
    created: 'source',
    pins: 'a',
    arch: 'amd64',
    versions: { etcd: 'v3.6.6', coredns: 'v1.13.1', cni: 'v1.9.1' },
    images: {},
    files,
  };
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(manifest));
}

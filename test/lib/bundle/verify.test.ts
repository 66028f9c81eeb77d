import { chmodSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { fileIn, readBundle } from '../../../lib/bundle/bundle.ts';
import { requireWhole, verifyBundle } from '../../../lib/bundle/verify.ts';
import { WorkshopError } from '../../../lib/errors.ts';
import { makeBundle } from './make-bundle.ts';

describe('a bundle', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await makeBundle({ 'bin/kubectl': 'program', 'bin/kubelet': 'another' });
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

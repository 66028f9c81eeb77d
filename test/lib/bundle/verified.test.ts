import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { diskName, readBundle } from '../../../lib/bundle/bundle.ts';
import { requireVerified } from '../../../lib/bundle/verified.ts';
import { makeBundle } from './make-bundle.ts';

describe('a bundle that was verified before', () => {
  let folder: string;
  let data: string;
  let file: string;

  beforeEach(async () => {
    folder = await makeBundle({ 'bin/kubectl': 'program', [diskName]: 'disk' });
    data = mkdtempSync(join(tmpdir(), 'data-'));
    file = join(folder, 'bin/kubectl');
  });

  afterEach(() => {
    for (const each of [folder, data]) rmSync(each, { recursive: true, force: true });
  });

  const look = () => requireVerified(readBundle(folder), { WORKSHOP_DATA_DIR: data });

  it('is not read again', async () => {
    utimesSync(file, 0, 0);
    await look();
    writeFileSync(file, 'pragram');
    utimesSync(file, 0, 0);
    await look();
  });

  it('is read again when a file has another size or time', async () => {
    await look();
    writeFileSync(file, 'pragram');
    utimesSync(file, 1, 1);
    const refusal = await look().catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(Error);
    expect((refusal as Error).message).to.include('bin/kubectl has another content');
  });

  it('is read again when it was found damaged', async () => {
    writeFileSync(file, 'pragram');
    for (const _ of [1, 2]) {
      const refusal = await look().catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(Error);
    }
  });
});

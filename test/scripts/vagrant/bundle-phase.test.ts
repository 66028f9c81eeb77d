import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { WorkshopError } from '../../../lib/errors.ts';
import { bundle } from '../../../scripts/up/vagrant/bundle.ts';
import type { Work } from '../../../scripts/up/vagrant/work.ts';
import { makeBundle } from '../../lib/bundle/make-bundle.ts';

const then = new Date('2026-01-01T00:00:00Z');

describe('the bundle of virtual machines', () => {
  let folder: string;
  let data: string;

  beforeEach(async () => {
    folder = await oldBundle();
    data = mkdtempSync(join(tmpdir(), 'data-'));
  });

  afterEach(() => {
    for (const each of [folder, data]) rmSync(each, { recursive: true, force: true });
  });

  it('is verified before machines are made', async () => {
    writeFileSync(join(folder, 'bin/kubeadm'), 'pragram');
    await refused('bin/kubeadm');
  });

  it('is not read anew for another cluster while no file looks changed', async () => {
    await look();
    changeUnseen('bin/kubeadm');
    await look();
    writeFileSync(join(folder, 'bin/kubeadm'), 'pragrams');
    await refused('bin/kubeadm');
  });

  it('is read where another of the same sizes and times has been verified', async () => {
    await look();
    const other = await oldBundle();
    try {
      const original = folder;
      folder = other;
      changeUnseen('bin/kubeadm');
      await refused('bin/kubeadm');
      folder = original;
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  async function oldBundle(): Promise<string> {
    const made = await makeBundle({ 'bin/kubeadm': 'program', 'bundle.img': 'a disk' });
    for (const file of ['bundle.json', 'bin/kubeadm', 'bundle.img']) utimesSync(join(made, file), then, then);
    return made;
  }

  /** Another content of the same size, as if written at the same time. */
  function changeUnseen(path: string): void {
    writeFileSync(join(folder, path), 'PROGRAM');
    utimesSync(join(folder, path), then, then);
  }

  async function refused(path: string): Promise<void> {
    const refusal = await look().catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(WorkshopError);
    expect((refusal as Error).message).to.include(path);
  }

  function look(): Promise<void> {
    const work = {
      record: { bundle: folder },
      env: { WORKSHOP_DATA_DIR: data },
      signal: AbortSignal.any([]),
    };
    return bundle.run(work as unknown as Work);
  }
});

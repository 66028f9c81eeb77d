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
    changeUnseen(folder);
    await look();
    writeFileSync(join(folder, 'bin/kubeadm'), 'pragrams');
    await refused('bin/kubeadm');
  });

  it('is read where another of the same sizes and times has been verified', async () => {
    await look();
    const other = await oldBundle();
    try {
      changeUnseen(other);
      await refused('bin/kubeadm', other);
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
  function changeUnseen(bundleFolder: string): void {
    writeFileSync(join(bundleFolder, 'bin/kubeadm'), 'PROGRAM');
    utimesSync(join(bundleFolder, 'bin/kubeadm'), then, then);
  }

  async function refused(path: string, bundleFolder = folder): Promise<void> {
    const refusal = await look(bundleFolder).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(WorkshopError);
    expect((refusal as Error).message).to.include(path);
  }

  function look(bundleFolder = folder): Promise<void> {
    const work = {
      record: { bundle: bundleFolder },
      env: { WORKSHOP_DATA_DIR: data },
      signal: AbortSignal.any([]),
    };
    return bundle.run(work as unknown as Work);
  }
});

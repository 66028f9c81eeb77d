import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../lib/exec.ts';
import { writeArchive } from './archive.ts';

describe('the archive of the emulated machine’s files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'archive-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is read by cpio: folders above, files with mode and bytes, links', async () => {
    const bytes = Buffer.from([0, 1, 2, 255, 10]);
    writeFileSync(`${folder}/source`, bytes);
    writeArchive(`${folder}/a.cpio`, [
      { kind: 'file', path: 'usr/sbin/program', from: `${folder}/source` },
      { kind: 'link', path: 'usr/sbin/other', target: 'program' },
      { kind: 'text', path: 'etc/words', text: 'hello\n', mode: 0o600 },
    ]);
    await run('busybox', ['cpio', '-i', '-d', '-F', 'a.cpio'], { cwd: folder });
    expect(readFileSync(`${folder}/usr/sbin/program`)).to.deep.equal(bytes);
    expect(readFileSync(`${folder}/usr/sbin/other`)).to.deep.equal(bytes);
    expect(readFileSync(`${folder}/etc/words`, 'utf8')).to.equal('hello\n');
    const { stdout } = await run('busybox', ['cpio', '-t', '-v', '-F', 'a.cpio'], { cwd: folder });
    expect(stdout)
      .to.match(/^drwxr-xr-x .*usr$/m)
      .and.match(/^-rw------- .*etc\/words$/m)
      .and.match(/^-rwxr-xr-x .*program$/m);
  });

  it('is not there at all when a file is missing', () => {
    const broken = () =>
      writeArchive(`${folder}/a.cpio`, [{ kind: 'file', path: 'x', from: `${folder}/none` }]);
    expect(broken).to.throw('ENOENT');
    expect(() => readFileSync(`${folder}/a.cpio`)).to.throw('ENOENT');
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { filesOf, modulesNamedIn } from '../../../../sandbox/node/images/host-program.ts';

describe('the files a program of this machine needs in a container', () => {
  const folder = mkdtempSync(join(tmpdir(), 'program-'));
  after(() => rmSync(folder, { recursive: true }));

  it('are the libraries and the loader of a dynamic program', async () => {
    const files = await filesOf('/bin/sh');
    expect(
      files.some((file) => /\/libc\.so|\/ld-/.test(file)),
      files.join(),
    ).to.equal(true);
  });

  it('are also the modules that a library of Node.js reads from files, of those the ones that are there', () => {
    const there = join(folder, 'acorn.js');
    writeFileSync(there, '');
    const library = join(folder, 'libnode.so.115');
    const names = [
      'GLIBC_2.4',
      there,
      join(folder, 'missing.js'),
      'not/absolute.js',
      there,
      `${there}on`,
      '',
    ];
    writeFileSync(library, Buffer.from(['', ...names].join('\0'), 'latin1'));
    expect(modulesNamedIn(library)).to.deep.equal([there]);
  });
});

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { workshop } from '../type.ts';

describe('workshop bundle', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bundle-command-'));
    const sha256 = createHash('sha256').update('v1.35.4\n').digest('hex');
    const files = [{ path: 'VERSION', sha256, size: 8, mode: '0644' }];
    writeFileSync(join(folder, 'VERSION'), 'v1.35.4\n');
    writeFileSync(join(folder, 'bundle.json'), JSON.stringify({ format: 1, kubernetes: 'v1.35.4', files }));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const lines: { it: string; args: string[]; code: number; stdout?: RegExp; stderr?: RegExp }[] = [
    { it: 'says that a bundle is whole', args: ['verify', 'HERE'], code: 0, stdout: /is whole: 1 files/ },
    { it: 'refuses a folder without one', args: ['verify', '/nowhere'], code: 3, stderr: /there is none/ },
    { it: 'refuses another verb', args: ['check'], code: 2, stderr: /knows only "verify"/ },
    { it: 'refuses another origin', args: ['--from', 'air'], code: 2, stderr: /neither source nor download/ },
    {
      it: 'says what it would build',
      args: ['--from', 'source', '--dry-run', '--out', 'HERE'],
      code: 0,
      stdout: /build bin\/kubelet from k8s\.io\/kubernetes\/cmd\/kubelet v1\.35\.4\n/,
    },
    {
      it: 'says what it would download',
      args: ['--dry-run'],
      code: 0,
      stdout: /download bin\/etcd from https:\/\/\S+etcd-v3\.6\.6-linux/,
    },
  ];
  for (const { it: title, args, code, stdout, stderr } of lines) {
    it(title, async () => {
      const result = await workshop(folder, [
        'bundle',
        ...args.map((word) => (word === 'HERE' ? folder : word)),
      ]);
      expect(result.exitCode, result.stderr).to.equal(code);
      if (stdout) expect(result.stdout).to.match(stdout);
      if (stderr) expect(result.stderr).to.match(stderr);
    });
  }

  it('names a damaged file and ends with 1', async () => {
    writeFileSync(join(folder, 'VERSION'), 'v1.36.0\n');
    const { exitCode, stdout } = await workshop(folder, ['bundle', 'verify', folder]);
    expect(exitCode).to.equal(1);
    expect(stdout).to.equal('VERSION has another content than when it was made\n');
  });
});

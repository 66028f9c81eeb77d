import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../lib/exec.ts';
import { repositoryRoot } from '../../lib/root.ts';

describe('the workshop command', () => {
  it('can be run from anywhere, built or not', async function () {
    this.timeout(120_000);
    const file = join(repositoryRoot(), 'scripts', 'bin', 'workshop.js');
    const { stdout } = await run(process.execPath, [file, 'version', '--json'], { cwd: '/' });
    expect(JSON.parse(stdout)).to.include({ workshop: '0.1.0', node: process.version });
  });
});

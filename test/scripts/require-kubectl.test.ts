import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { requireKubectl } from '../../scripts/test/require-kubectl.ts';

describe('the tests’ need for kubectl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
  after(() => rmSync(folder, { recursive: true }));

  /** A program that says what kubectl would. */
  function saying(text: string): string {
    const file = join(folder, 'kubectl');
    writeFileSync(file, `#!/bin/sh\ncat <<'X'\n${text}\nX\n`);
    chmodSync(file, 0o755);
    return file;
  }
  const version = (minor: string) => saying(JSON.stringify({ clientVersion: { major: '1', minor } }));
  const refusal = (program: string) =>
    requireKubectl(program).then(
      () => 'none',
      (error: Error) => error.message,
    );

  it('is met by the one of this machine', async () => {
    expect(await refusal('kubectl')).to.equal('none');
  });

  for (const minor of ['31', '32+']) {
    it(`is met by 1.${minor}`, async () => expect(await refusal(version(minor))).to.equal('none'));
  }

  for (const [what, program, reason] of [
    ['none', () => join(folder, 'nosuch'), 'nosuch'],
    ['an old one', () => version('20'), 'it is 1.20'],
    ['one that says something else', () => saying('{}'), 'it does not tell its version'],
  ] as const) {
    it(`is not met by ${what}, and says so`, async () => {
      expect(await refusal(program()))
        .to.contain('1.31 or newer')
        .and.to.contain(reason);
    });
  }
});

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type RunResult, run } from '../../lib/exec.ts';
import { repositoryRoot } from '../../lib/root.ts';

describe('set-up on a machine without conntrack', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'setup-'));
    const calls = join(folder, 'calls');
    writeFileSync(
      join(folder, 'apt-get'),
      `#!/bin/sh\necho "$*" >> ${calls}\n[ "$1" = update ] || grep -q update ${calls} || { echo "E: Unable to locate package" >&2; exit 100; }\n`,
      { mode: 0o755 },
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs set-up where conntrack cannot be executed and apt-get is a script of ours. */
  function setUp(as: 'root' | 'user'): Promise<RunResult> {
    const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    const lower = as === 'user' ? ['unshare', '--user', '--map-user=1000', '--map-group=1000'] : [];
    const command = [...lower, process.execPath, join(repositoryRoot(), 'scripts/setup/main.js')];
    const script =
      'mount --bind /dev/null "$(command -v conntrack)"; export PATH="$1:$PATH"; shift; exec "$@"';
    return run('unshare', [...user, '--mount', '--', 'sh', '-c', script, 'sh', folder, ...command], {
      okCodes: [0, 3],
    });
  }

  it('installs it as root, and reads the package lists when it must', async () => {
    const { exitCode, stderr } = await setUp('root');
    expect(exitCode, stderr).to.equal(0);
    expect(stderr).to.contain(' • installing conntrack …').and.to.contain(' ✓ trying again');
    const install = 'install -y -qq --no-install-recommends conntrack';
    expect(readFileSync(join(folder, 'calls'), 'utf8')).to.equal(`${install}\nupdate -qq\n${install}\n`);
  });

  it('tells an ordinary user the one command, and ends with 3', async () => {
    const { exitCode, stderr } = await setUp('user');
    expect(stderr).to.equal(
      'could not start: system packages are missing. Try: sudo apt-get install -y conntrack\n',
    );
    expect(exitCode).to.equal(3);
    expect(existsSync(join(folder, 'calls'))).to.equal(false);
  });
});

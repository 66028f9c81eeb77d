import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommandLine } from '../../../scripts/cli/command-line.ts';

/** The commands around the checks, where no cluster runs. */
describe('without a cluster', function () {
  this.timeout(20_000);
  const state = mkdtempSync(join(tmpdir(), 'workshop-state-'));
  after(() => rmSync(state, { recursive: true, force: true }));

  async function workshop(...argv: string[]) {
    const said = { stdout: '', stderr: '' };
    const sink = (name: keyof typeof said) => ({
      write: (text: string) => {
        said[name] += text;
      },
    });
    const env = { ...process.env, WORKSHOP_STATE_DIR: state };
    const code = await runCommandLine(argv, { stdout: sink('stdout'), stderr: sink('stderr'), env });
    return { ...said, code };
  }

  const refusals = [
    { argv: ['verify'], code: 3, says: /it is not running\.\n.*workshop up/ },
    { argv: ['verify', 'L-08'], code: 3, says: /it is not running/ },
    { argv: ['verify', 'L-98'], code: 2, says: /no such lab or claim; did you mean L-0/ },
    { argv: ['verify', '--junt', 'x'], code: 2, says: /did you mean --junit/ },
    {
      argv: ['verify', '--all', '--junit', '/nowhere/x.xml'],
      code: 2,
      says: /could not write \/nowhere\/x.xml: ENOENT/,
    },
    { argv: ['apply'], code: 3, says: /it is not running/ },
    { argv: ['proxy', 'rules'], code: 3, says: /it is not running/ },
    { argv: ['proxy', 'ruels'], code: 2, says: /did you mean rules/ },
  ];
  for (const { argv, code, says } of refusals) {
    it(`workshop ${argv.join(' ')} ends with ${code} and says why`, async () => {
      const result = await workshop(...argv);
      expect(result.stderr).to.match(says);
      expect(result.code).to.equal(code);
      expect(result.stdout).to.equal('');
      expect(result.stderr).to.not.match(/\n\s+at /);
    });
  }

  it('workshop list shows labs and claims, for people and for programs', async () => {
    const people = await workshop('list');
    expect(people.code).to.equal(0);
    expect(people.stdout).to.match(/^01-pods: .*\n {2}L-01 {2}/);
    const labs = JSON.parse((await workshop('list', '--json')).stdout) as {
      checks: { claims: string[] }[];
    }[];
    expect(labs.flatMap(({ checks }) => checks.flatMap(({ claims }) => claims))).to.include('Z-02');
  });

  it('workshop claims shows every claim, without a result as yet', async () => {
    const { code, stdout } = await workshop('claims');
    expect(code).to.equal(0);
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => /^[A-Z]-\d\d /.test(line))).to.have.lengthOf(48);
    expect(stdout).to.contain('P-04: The schedulers need the kernel module ip_vs');
    for (const line of lines) expect(line.length).to.be.at.most(120);
  });
});

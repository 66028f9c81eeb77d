import { expect } from 'chai';
import { runCommandLine } from '../../scripts/cli/command-line.ts';

async function type(argv: string[], env: Record<string, string> = {}) {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const exitCode = await runCommandLine(argv, {
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env: { WORKSHOP_STATE_DIR: '/nowhere/at-all', ...env },
  });
  return { ...written, exitCode };
}

describe('the command line', () => {
  it('shows every command in its help', async () => {
    const { stdout, exitCode } = await type(['--help']);
    expect(exitCode).to.equal(0);
    for (const name of ['up', 'down', 'status', 'kubeconfig', 'ssh', 'logs', 'doctor', 'version']) {
      expect(stdout).to.match(new RegExp(`^  ${name} +\\w`, 'm'));
    }
  });

  for (const argv of [
    ['up', '--help'],
    ['help', 'up'],
    ['up', '-h'],
  ]) {
    it(`explains a command with ${argv.join(' ')}`, async () => {
      const { stdout, exitCode } = await type(argv);
      expect(exitCode).to.equal(0);
      expect(stdout)
        .to.contain('Usage: workshop up')
        .and.to.contain('Examples:')
        .and.to.contain('--publish PORT');
    });
  }

  const mistakes: [argv: string[], message: string][] = [
    [['pu'], 'there is no command "pu"; did you mean up?'],
    [['xyzzy'], 'there is no command "xyzzy"'],
    [['up', '--pubish', '1'], 'there is no flag --pubish; did you mean --publish?'],
    [['up', '--publish'], '--publish needs a value'],
    [['up', '--quiet=yes'], '--quiet takes no value'],
    [['up', '--publish', '80'], '--publish "80" is not a port between 1024 and 65535'],
    [['status', '--timeout', 'soon'], '--timeout "soon" is not a time such as 90s or 5m'],
    [['status', '--name', 'A_b'], 'could not use the cluster name: "A_b"'],
    [['status', '--settings', '/nowhere.yaml'], 'could not read the settings'],
    [['kubeconfig', 'pirnt'], '"pirnt" is none of print, path, merge; did you mean print?'],
    [['help', 'pu'], 'did you mean up?'],
    [['verify', '--kubeconfig', '/nowhere.conf'], 'could not read the kubeconfig /nowhere.conf'],
    [
      ['verify', '--kubeconfig', '/nowhere/a:/nowhere/b'],
      'could not use /nowhere/a:/nowhere/b: it is a list of files, and --kubeconfig (or WORKSHOP_KUBECONFIG) takes one',
    ],
    [['verify', '--backend', 'kubeconfig'], '--backend kubeconfig needs a cluster'],
    [
      ['verify', '--backend', 'vagrant', '--kubeconfig', 'x'],
      '--kubeconfig means a cluster that runs already',
    ],
    [['up', '--kubeconfig', 'x'], 'could not start the cluster of x: the workshop did not make it'],
    [['run', '--kubeconfig', 'x'], 'could not start the cluster of x'],
    [['down', '--kubeconfig', 'package.json', '--name', 'x'], 'could not end the cluster of package.json'],
    [['halt', '--kubeconfig', 'x'], 'could not halt the cluster of x'],
    [['resume', '--kubeconfig', 'x'], 'could not resume the cluster of x'],
    [['logs', '--kubeconfig', 'x', '--name', 'x'], 'could not show the logs of the cluster of x'],
    [['doctor', '--kubeconfig', 'x'], 'could not read the kubeconfig x'],
  ];
  for (const [argv, message] of mistakes) {
    it(`ends \`${argv.join(' ')}\` with 2 and says why`, async () => {
      const { stderr, stdout, exitCode } = await type(argv);
      expect(stderr)
        .to.contain(message)
        .and.not.to.match(/\n +at /);
      expect(stdout).to.equal('');
      expect(exitCode).to.equal(2);
    });
  }

  for (const argv of [['status'], ['ssh', 'master-node'], ['logs'], ['kubeconfig']]) {
    it(`ends \`${argv.join(' ')}\` without a cluster with 3 and says what to type`, async () => {
      const { stderr, exitCode } = await type(argv);
      expect(stderr).to.contain('Try: workshop up');
      expect(exitCode).to.equal(3);
    });
  }

  it('takes down what is not there', async () => {
    const { stdout, exitCode } = await type(['down', '--name', 'never-there']);
    expect([stdout, exitCode]).to.deep.equal(['There is no cluster never-there.\n', 0]);
  });

  it('takes flags from the environment', async () => {
    const { stdout } = await type(['down'], { WORKSHOP_NAME: 'by-env', WORKSHOP_JSON: '1' });
    expect(JSON.parse(stdout)).to.deep.equal({ name: 'by-env', stopped: false, removed: false });
  });

  it('takes global flags before the command too', async () => {
    const { stdout } = await type(['--name', 'before', '--json', 'down']);
    expect(JSON.parse(stdout).name).to.equal('before');
  });

  it('prints failures as JSON on demand', async () => {
    const { stdout, exitCode } = await type(['status', '--json']);
    expect(JSON.parse(stdout).error).to.include({ code: 3, id: 'environment', advice: 'workshop up' });
    expect(exitCode).to.equal(3);
  });
});

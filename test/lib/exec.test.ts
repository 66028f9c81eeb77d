import { expect } from 'chai';
import { ExecError, run } from '../../lib/exec.ts';

async function failure(attempt: Promise<unknown>): Promise<ExecError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(ExecError);
  return error as ExecError;
}

describe('running programs', () => {
  it('gives standard output, takes standard input, and speaks plain English', async () => {
    const result = await run('sh', ['-c', 'cat; echo " $LC_ALL"'], { input: 'rules' });
    expect(result).to.deep.equal({ stdout: 'rules C\n', stderr: '', exitCode: 0 });
  });

  it('passes arguments as they are, never through a shell', async () => {
    expect((await run('echo', ['$(id); rm -rf "x"'])).stdout).to.equal('$(id); rm -rf "x"\n');
  });

  it('takes other exit codes for an answer when told so', async () => {
    expect((await run('sh', ['-c', 'exit 3'], { okCodes: [0, 3] })).exitCode).to.equal(3);
  });

  it('says why a program failed, in its own first words', async () => {
    const error = await failure(run('sh', ['-c', 'echo "no such table" >&2; exit 1']));
    expect(error.kind).to.equal('failed');
    expect(error.exitCode).to.equal(1);
    expect(error.message).to.contain('no such table');
  });

  it('says that a program is missing', async () => {
    const error = await failure(run('no-such-program', []));
    expect(error.kind).to.equal('missing');
    expect(error.message).to.equal('could not run no-such-program: no such program');
  });

  it('ends a program that takes too long', async () => {
    expect((await failure(run('sleep', ['60'], { timeoutMs: 50 }))).kind).to.equal('timeout');
  });

  it('ends a program when told to', async () => {
    const controller = new AbortController();
    const attempt = failure(run('sleep', ['60'], { signal: controller.signal }));
    controller.abort();
    expect((await attempt).kind).to.equal('aborted');
  });
});

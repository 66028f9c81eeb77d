import { expect } from 'chai';
import { askNode } from '../../../lib/cluster/ask-node.ts';
import type { Cluster } from '../../../lib/cluster/cluster.ts';
import { WorkshopError } from '../../../lib/errors.ts';
import { ExecError, type RunResult } from '../../../lib/exec.ts';

describe('asking a node', () => {
  const nodeCommand = (node: string, argv: readonly string[]) => ['way to', node, ...argv] as const;

  function asked(end: () => Promise<RunResult>, signal = new AbortController().signal) {
    return askNode(
      { runOnNode: end, nodeCommand: nodeCommand as Cluster['nodeCommand'], pace: 2 },
      'n',
      ['id'],
      signal,
    );
  }
  const ended = (exitCode: number, stderr: string) => async () => ({ exitCode, stderr, stdout: 'said' });
  const fails = (error: Error) => () => Promise.reject(error);
  const byHand = "'way to' n true";

  it('gives what the command said', async () => {
    expect(await asked(ended(0, ''))).to.deep.equal({ stdout: 'said' });
  });

  const cases: [what: string, end: () => Promise<RunResult>, problem: string, advice: string][] = [
    ['the last line of a failure', ended(1, 'a\nb\n'), 'could not run a command on n: b', byHand],
    ['a failure without a word', ended(7, ''), 'could not run a command on n: exit code 7', byHand],
    [
      'a user who may not become root',
      ended(1, 'sudo: a password is required\n'),
      'could not run a command on n: sudo: a password is required',
      '--ssh-user root, or NOPASSWD for that user in /etc/sudoers.d there',
    ],
    [
      'a node that does not answer',
      fails(new ExecError('timeout', 'ssh', 'long words', {})),
      'could not reach n: no answer within 30 s',
      byHand,
    ],
    [
      'what ssh said, with its own advice',
      fails(new WorkshopError('environment', 'could not reach n: no route', { advice: 'workshop resume' })),
      'could not reach n: no route',
      'workshop resume',
    ],
  ];
  for (const [what, end, problem, advice] of cases) {
    it(`tells ${what}`, async () => expect(await asked(end)).to.deep.equal({ problem, advice }));
  }

  it('throws on what is no matter of the node: an interrupt, a wrong name, a bug', async () => {
    const aborted = interrupted();
    const usage = new WorkshopError('usage', 'could not find the node n');
    for (const [error, signal] of [
      [aborted.error, aborted.signal],
      [usage, undefined],
      [new TypeError('x'), undefined],
    ] as const) {
      const thrown = await asked(fails(error), signal).catch((caught: unknown) => caught);
      expect(thrown).to.equal(signal?.reason ?? error);
    }
  });

  function interrupted() {
    return {
      error: new ExecError('aborted', 'ssh', 'interrupted', {}),
      signal: AbortSignal.abort(new Error('Ctrl-C')),
    };
  }
});

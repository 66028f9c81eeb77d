import { didYouMean } from '../../lib/suggest.ts';
import type { Command } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { exportVerb } from './export.ts';
import { lintVerb } from './lint-verb.ts';
import { newVerb } from './new.ts';
import { testVerb } from './test-verb.ts';

const verbs = { test: testVerb, lint: lintVerb, new: newVerb, export: exportVerb };

/** `workshop lab` */
export const labCommand: Command = {
  usage: [
    'test [LAB|STEP…] [--all] [--lang LANG] [--backend NAME]',
    'lint [--online]',
    'new NAME',
    'export killercoda --output DIR --repository URL [--lang LANG]',
  ],
  description:
    'For those who write the course. `test` tries each step on the running cluster: set-up, the check must fail, each foreseen mistake\n' +
    'must be named, the solution must pass, the reset must make the check fail again. Exit codes: 0 all is well, 1 the cluster did\n' +
    'not get to a state, 3 it is away, 5 a fault of the content, or nothing was tried.',
  examples: [
    { command: 'workshop lab test clusterip', does: 'try the steps of one lab' },
    { command: 'workshop lab test --all --json', does: 'what CI runs' },
    {
      command: 'workshop lab lint',
      does: 'find missing translations, hints that tell too much, dead links …',
    },
    { command: 'workshop lab new ingress', does: 'begin a lab: folder, one step, texts' },
  ],
  flags: {
    all: { type: 'boolean', summary: 'every step' },
    lang: { type: 'string', value: 'LANG', summary: 'only this language (default: all three; export: en)' },
    online: { type: 'boolean', summary: 'lint: ask each linked page whether it is there' },
    output: { type: 'string', value: 'DIR', summary: 'export: where to write' },
    repository: { type: 'string', value: 'URL', summary: 'export: where learners clone the workshop from' },
  },
  async run(context) {
    const [word = '', ...args] = context.args;
    const known = Object.keys(verbs);
    if (!isVerb(word)) {
      throw usageError(
        `"${word}" is none of ${known.join(', ')}${didYouMean(word, known)}`,
        'workshop help lab',
      );
    }
    return verbs[word](context, args);
  },
};

function isVerb(word: string): word is keyof typeof verbs {
  return Object.hasOwn(verbs, word);
}

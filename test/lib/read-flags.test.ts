import { expect } from 'chai';
import { WorkshopError } from '../../lib/errors.ts';
import { type Reading, readFlags } from '../../lib/read-flags.ts';

const options = {
  kubeconfig: { type: 'string', default: '' },
  write: { type: 'boolean', short: 'w' },
} as const;

function read(argv: string[], reading: Partial<Reading> = {}) {
  return readFlags(argv, options, { failure: 'could not start it', ...reading });
}

describe('the flags of a program', () => {
  it('are its values, defaults put in', () => {
    expect(read(['-w']).values).to.include({ kubeconfig: '', write: true });
    expect(read(['--kubeconfig', 'x']).values.kubeconfig).to.equal('x');
  });

  it('may stand among words where words are expected', () => {
    const { values, positionals } = read(['one', '--write', 'two'], { words: true });
    expect([values.write, positionals]).to.deep.equal([true, ['one', 'two']]);
  });

  const mistakes: [argv: string[], why: string][] = [
    [['--kubeconfg', 'x'], 'there is no flag --kubeconfg; did you mean --kubeconfig?'],
    [['--nonsense'], 'there is no flag --nonsense'],
    [['-x'], 'there is no flag -x'],
    [['--toString'], 'there is no flag --toString'],
    [['--kubeconfig'], "Option '--kubeconfig <value>' argument missing"],
    [['--write=yes'], "Option '-w, --write' does not take an argument"],
    [['word'], 'only flags are expected, not "word"'],
  ];
  for (const [argv, why] of mistakes) {
    it(`are refused when they are \`${argv.join(' ')}\``, () => {
      const refused = () => read(argv);
      expect(refused).to.throw(WorkshopError, why).with.property('fault', 'usage');
      expect(refused).to.throw().with.property('message', `could not start it: ${why}`);
      expect(refused).to.throw().with.property('advice', 'one of --kubeconfig, --write');
    });
  }

  it('come with the advice that is given', () => {
    expect(() => read(['-x'], { advice: 'it --help' }))
      .to.throw()
      .with.property('advice', 'it --help');
  });
});

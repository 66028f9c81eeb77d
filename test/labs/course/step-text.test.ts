import { expect } from 'chai';
import { parseStepText } from '../../../labs/course/step-text.ts';

const whole = `# A title

The task, with \`code\`.

<!-- prediction -->
What will happen?

1. This.
2. That, in
   two lines.

<!-- hint -->
Vague.

<!-- hint -->
Concrete.

<!-- mistake selector-typo -->
Look at the selector.

<!-- solution -->
\`\`\`
# <!-- hint --> in code is code
kubectl get pods
\`\`\`

<!-- since -->
Since 1.22.
`;

describe('the text of a step', () => {
  it('has its parts', () => {
    const text = parseStepText(whole, 'text.en.md');
    expect(text.title).to.equal('A title');
    expect(text.task).to.equal('The task, with `code`.');
    expect(text.prediction).to.deep.equal({
      question: 'What will happen?',
      options: ['This.', 'That, in two lines.'],
    });
    expect(text.hints).to.deep.equal(['Vague.', 'Concrete.']);
    expect(text.mistakes).to.deep.equal({ 'selector-typo': 'Look at the selector.' });
    expect(text.solution).to.contain('<!-- hint --> in code').and.to.match(/```$/);
    expect(text.since).to.equal('Since 1.22.');
  });

  it('is the same with the line ends of Windows', () => {
    expect(parseStepText(whole.replaceAll('\n', '\r\n'), 'f')).to.deep.equal(parseStepText(whole, 'f'));
  });

  const faults: [name: string, source: string, message: string][] = [
    ['no title', whole.replace('# A title', 'A title'), 'it does not begin with a line "# Title"'],
    ['no prediction', whole.replace(/<!-- prediction[\s\S]*?(?=<!-- hint)/, ''), 'no <!-- prediction -->'],
    ['no solution', whole.replace(/<!-- solution[\s\S]*?(?=<!-- since)/, ''), 'no <!-- solution -->'],
    ['an unknown part', whole.replace('<!-- since -->', '<!-- sinse -->'), '<!-- sinse --> is no known part'],
    [
      'a mistake without id',
      whole.replace('mistake selector-typo', 'mistake'),
      '<!-- mistake --> is no known part',
    ],
    ['an empty part', whole.replace('Vague.', ''), 'the part <!-- hint --> is empty'],
    ['one option', whole.replace(/^2\. That[\s\S]*?lines\.$/m, ''), 'needs a list of options'],
    ['options that skip a number', whole.replace('2. That', '3. That'), 'numbered from 1'],
    ['a part twice', `${whole}\n<!-- since -->\nOnce more.\n`, '<!-- since --> is there twice'],
    ['a mistake twice', `${whole}\n<!-- mistake selector-typo -->\nAgain.\n`, 'selector-typo is there twice'],
  ];
  for (const [name, source, message] of faults) {
    it(`is refused with ${name}, and the file named`, () => {
      expect(() => parseStepText(source, 'labs/x/text.en.md'))
        .to.throw(message)
        .with.property('message')
        .that.contains('could not read labs/x/text.en.md');
    });
  }
});

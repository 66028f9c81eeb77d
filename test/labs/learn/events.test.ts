import { expect } from 'chai';
import { type CourseEvent, progressOf } from '../../../scripts/learn/events.ts';

const step = '01-pods/10-three-pods';
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 9, 0, second)).toISOString();
const failure = { expected: 'three', observed: 'two', mistake: 'typo' };

const afternoon: CourseEvent[] = [
  { at: at(0), step, kind: 'started', content: 'abc' },
  { at: at(5), step, kind: 'predicted', choice: 1 },
  { at: at(10), step, kind: 'checked', ok: false, ms: 20, failure },
  { at: at(11), step, kind: 'hint', hint: 1 },
  { at: at(12), step, kind: 'hint', hint: 'typo' },
  { at: at(13), step, kind: 'hint', hint: 1 },
  { at: at(30), step, kind: 'checked', ok: true, ms: 30, happened: 2 },
];

describe("a learner's progress", () => {
  it('is what the events come to', () => {
    expect(progressOf(afternoon)).to.deep.equal({
      version: 1,
      current: step,
      steps: {
        [step]: {
          content: 'abc',
          startedAt: at(0),
          passedAt: at(30),
          done: true,
          attempts: 2,
          seconds: 30,
          hints: [1, 'typo'],
          solutionSeen: false,
          solved: false,
          resets: 0,
          prediction: { choice: 1, happened: 2 },
        },
      },
    });
  });

  it('knows why the last check was red, until a green one', () => {
    expect(progressOf(afternoon.slice(0, 3)).steps[step]?.failure).to.deep.equal(failure);
  });

  const later: [name: string, event: CourseEvent, expected: object][] = [
    [
      'a check counts no attempt',
      { at: at(60), step, kind: 'checked', ok: false, ms: 1, failure },
      { attempts: 2, done: false, passedAt: at(30) },
    ],
    [
      'a prediction comes too late',
      { at: at(60), step, kind: 'predicted', choice: 2 },
      { prediction: { choice: 1, happened: 2 } },
    ],
    [
      'a reset leaves that it was done once',
      { at: at(60), step, kind: 'reset' },
      { resets: 1, done: false, passedAt: at(30) },
    ],
    ['a look at the solution is no help', { at: at(60), step, kind: 'solution' }, { solutionSeen: false }],
    ['solve has not solved it', { at: at(60), step, kind: 'solved' }, { solved: false }],
  ];
  for (const [name, event, expected] of later) {
    it(`after the first green check ${name}`, () => {
      expect(progressOf([...afternoon, event]).steps[step]).to.deep.include(expected);
    });
  }

  it('keeps what helped before the first green check', () => {
    const helped = (['solution', 'solved'] as const).map((kind): CourseEvent => ({ at: at(20), step, kind }));
    const { steps } = progressOf([...afternoon.slice(0, -1), ...helped, ...afternoon.slice(-1)]);
    expect(steps[step]).to.deep.include({ solutionSeen: true, solved: true, passedAt: at(30) });
  });

  it('is at the step that was started last', () => {
    const next = '01-pods/20-a-pod-replaced';
    const { current } = progressOf([...afternoon, { at: at(70), step: next, kind: 'started', content: '' }]);
    expect(current).to.equal(next);
  });
});

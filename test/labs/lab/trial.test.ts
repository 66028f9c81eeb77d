import { expect } from 'chai';
import { CheckFailure } from '../../../labs/check-failure.ts';
import { parseStepText } from '../../../labs/course/step-text.ts';
import type { Lab } from '../../../labs/lab.ts';
import type { Step } from '../../../labs/step.ts';
import { stepTextSource } from '../../../scripts/lab/templates.ts';
import { exitCodeOf } from '../../../scripts/lab/test-verb.ts';
import { tryStep } from '../../../scripts/lab/trial.ts';

const text = parseStepText(stepTextSource(), 'text');

/** A step whose whole world is one value. */
function stepWith(changes: Partial<Step> = {}): Step {
  let value = '';
  const put = (to: string) => async () => {
    value = to;
  };
  return {
    id: '10-y',
    claims: [],
    look: 'at the value',
    links: [],
    setUp: async () => {},
    async check() {
      const mistake = { '24': 'turned-round', none: 'empty' }[value];
      if (value !== '42')
        throw new CheckFailure({ expected: '42', observed: value, ...(mistake && { mistake }) });
    },
    solve: put('42'),
    reset: put(''),
    mistakes: [
      { id: 'turned-round', make: put('24') },
      { id: 'empty', make: put('none') },
    ],
    prediction: async () => 2,
    ...changes,
  };
}

async function faultsOf(step: Step, texts = { en: text }): Promise<string[]> {
  const { faults } = await tryStep({ key: 'k', step, texts, view: () => ({}) as Lab });
  return faults.map(({ stage, kind, message }) => `${stage} (${kind}): ${message}`);
}

describe('trying a step', () => {
  it('finds nothing wrong with a step that is right', async () => {
    expect(await faultsOf(stepWith())).to.deep.equal([]);
  });

  const thrower = (error: Error) => async () => {
    throw error;
  };
  const down = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const wrong: [name: string, step: Step, first: string][] = [
    [
      'a check that always passes',
      stepWith({ check: async () => {} }),
      'after the set-up (content): the check passes',
    ],
    [
      'a solution that does not solve',
      stepWith({ solve: async () => {} }),
      'check after the solution (content): expected 42',
    ],
    [
      'a reset that resets nothing',
      stepWith({ reset: async () => {}, mistakes: [] }),
      'after the reset (content): the check passes',
    ],
    [
      'a mistake that is not recognised',
      stepWith({ mistakes: [{ id: 'empty', make: async () => {} }] }),
      'mistake empty (content): the check sees no mistake in place of empty',
    ],
    [
      'a prediction that no option has',
      stepWith({ prediction: async () => 3 }),
      'prediction (content): what happens is option 3, of 2 in en',
    ],
    [
      'a check with a fault',
      stepWith({ check: thrower(new TypeError('x is undefined')) }),
      'after the set-up (content): x is undefined',
    ],
    [
      'a set-up that does not get there',
      stepWith({ setUp: thrower(new CheckFailure({ expected: 'pods', observed: 'none' })) }),
      'set-up (state): expected pods, observed none',
    ],
    [
      'a cluster that is away',
      stepWith({ setUp: thrower(down) }),
      'set-up (environment): connect ECONNREFUSED',
    ],
  ];
  for (const [name, step, first] of wrong) {
    it(`finds ${name}`, async () => expect((await faultsOf(step))[0]).to.contain(first));
  }

  it('wants words for a mistake in each language', async () => {
    const mute = { ...text, mistakes: { 'turned-round': 'x' } };
    expect(await faultsOf(stepWith(), { en: mute })).to.deep.equal([
      'mistake empty (content): no words for the mistake empty in en',
    ]);
  });

  const codes: [kinds: ('content' | 'state' | 'environment')[], code: number][] = [
    [[], 0],
    [['state'], 1],
    [['environment', 'state'], 3],
    [['state', 'content', 'environment'], 5],
  ];
  for (const [kinds, code] of codes) {
    it(`ends with ${code} for ${kinds.join(', ') || 'nothing'}`, () => {
      const faults = kinds.map((kind) => ({ kind, stage: '', message: '' }));
      expect(exitCodeOf([{ step: 'k', ms: 1, checks: [], faults }])).to.equal(code);
    });
  }

  it('ends with 5 when nothing was tried', () => {
    expect(exitCodeOf([])).to.equal(5);
  });
});

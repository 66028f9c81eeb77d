import { expect } from 'chai';
import { parseStepText } from '../../../labs/course/step-text.ts';
import { stepFindings, type WholeStep } from '../../../scripts/lab/lint.ts';
import { claimFindings } from '../../../scripts/lab/lint-claims.ts';
import { tellingHints } from '../../../scripts/lab/lint-hints.ts';
import { imageFindings } from '../../../scripts/lab/lint-images.ts';
import { linkFindings } from '../../../scripts/lab/lint-links.ts';
import { stepTextSource } from '../../../scripts/lab/templates.ts';

const source = stepTextSource();
const parse = (text: string) => parseStepText(text, 'text');
const make = async () => {};

const good: WholeStep = {
  ref: { key: '99-x/10-y', lab: '99-x', step: '10-y', folder: '' },
  step: {
    id: '10-y',
    claims: ['L-01'],
    look: 'kubectl get pods',
    links: ['document 001, "…"', 'https://kubernetes.io/docs/'],
    setUp: make,
    check: make,
    solve: make,
    reset: make,
    mistakes: [
      { id: 'turned-round', make },
      { id: 'empty', make },
    ],
    prediction: async () => 1,
  },
  texts: { en: parse(source), ko: parse(source), zh: parse(source) },
};

const withKorean = (text: string): WholeStep => ({ ...good, texts: { ...good.texts, ko: parse(text) } });
const messages = (step: WholeStep) => stepFindings(step).map(({ where, message }) => `${where}: ${message}`);
const korean = 'labs/99-x/steps/10-y/text.ko.md';

describe('workshop lab lint', () => {
  it('finds nothing in a step that is whole', () => {
    expect(messages(good)).to.deep.equal([]);
  });

  const faults: [name: string, step: WholeStep, found: string][] = [
    [
      'a translation with a hint less',
      withKorean(source.replace('<!-- hint -->\nVague.\n', '')),
      `${korean}: 2 hints, the English text has 3`,
    ],
    ['too few hints', withKorean(source.replace('<!-- hint -->\nVague.\n', '')), `${korean}: only 2 hints`],
    [
      'a translation with an option more',
      withKorean(source.replace('2. That.', '2. That.\n3. None.')),
      `${korean}: 3 options, the English text has 2`,
    ],
    [
      'a mistake without words',
      withKorean(source.replace(/<!-- mistake empty -->\n.*\n/, '')),
      `${korean}: no words for the mistake empty`,
    ],
    [
      'words for no mistake',
      withKorean(`${source}\n<!-- mistake other -->\nOther.\n`),
      `${korean}: words for other, a mistake that step.ts has not`,
    ],
    [
      'a lonely mistake',
      { ...good, step: { ...good.step, mistakes: good.step.mistakes.slice(1) } },
      'labs/99-x/steps/10-y: only 1 foreseen mistakes',
    ],
    [
      'another version in what changed',
      {
        ...good,
        texts: {
          en: parse(`${source}\n<!-- since -->\nSince 1.9, gone since 1.16.\n`),
          ko: parse(`${source}\n<!-- since -->\n1.16에서 사라졌고 1.8부터 있습니다.\n`),
        },
      },
      `${korean}: versions 1.16, 1.8 in what changed, the English text has 1.16, 1.9`,
    ],
    [
      'a hint that is the command',
      withKorean(source.replace('Less vague.', 'Try `kubectl create configmap` once.')),
      `${korean}: hint 2 gives the command away: kubectl create configmap …`,
    ],
  ];
  for (const [name, step, found] of faults) {
    it(`finds ${name}`, () => expect(messages(step)).to.include(found));
  }

  it('lets hints name programs, kinds, and commands that only look', () => {
    const text = parse(source.replace('Vague.', 'Use `kubectl create`, and look at the configmap.'));
    expect(tellingHints(text)).to.deep.equal([]);
  });

  it('finds images that are not pinned', () => {
    const text =
      'image: nginx\nimage: nginx:latest\n  - image: "nginx:1.27"\nimage: host:5000/nginx\nimage: a@sha256:00\n';
    expect(imageFindings([{ where: 'f.yaml', text }]).map(({ message }) => message)).to.deep.equal([
      'the image nginx is not pinned',
      'the image nginx:latest is not pinned',
      'the image host:5000/nginx is not pinned',
    ]);
  });

  it('finds claims that nobody teaches, and ones that there are not', () => {
    const found = claimFindings([{ ...good, step: { ...good.step, claims: ['L-01', 'X-99'] } }]);
    const all = found.map(({ message }) => message);
    expect(all).to.include('there is no claim X-99').and.include('L-02 is in no step');
    expect(all).to.not.include('L-01 is in no step');
  });

  it('finds links that lead nowhere', async () => {
    const step = { ...good.step, links: ['document 009, "…"'] };
    const text = parse(
      source.replace('What to do.', 'Apply manifests/my-nginx.yaml and manifests/none.yaml.'),
    );
    const options = { online: false, signal: AbortSignal.timeout(1000) };
    const found = await linkFindings([{ ...good, step, texts: { en: text } }], options);
    expect(found.map(({ message }) => message)).to.have.members([
      "no link to Kubernetes' documentation",
      'there is no document 009',
      'there is no file manifests/none.yaml',
    ]);
  });
});

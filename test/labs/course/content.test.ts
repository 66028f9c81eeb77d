import { expect } from 'chai';
import { claims } from '../../../labs/claims.ts';
import { languages } from '../../../labs/course/language.ts';
import { renderMarkdown } from '../../../labs/course/markdown/render.ts';
import { columnsOf } from '../../../labs/course/markdown/width.ts';
import { courseOutline } from '../../../labs/course/outline.ts';
import { readStepText } from '../../../labs/course/read-text.ts';
import { words } from '../../../labs/course/words.ts';
import { labs } from '../../../labs/index.ts';
import { lintCourse } from '../../../scripts/lab/lint.ts';

describe('the content of the course', () => {
  const outline = courseOutline();
  const steps = outline.flatMap((lab) => lab.steps);

  it('has every claim of the documents in a step', () => {
    const taught = labs.flatMap((lab) => (lab.steps ?? []).flatMap((step) => step.claims));
    expect([...new Set(taught)].sort()).to.deep.equal(claims.map(({ id }) => id).sort());
  });

  it('has the steps of the folders in its code, in the same order', () => {
    const inCode = labs.flatMap((lab) => (lab.steps ?? []).map(({ id }) => `${lab.id}/${id}`));
    expect(inCode).to.deep.equal(steps.map(({ key }) => key));
    expect(labs).to.have.lengthOf.at.least(13);
  });

  for (const language of languages) {
    it(`can be read at 80 columns in ${language}`, () => {
      for (const ref of steps) {
        const { text } = readStepText(ref, language);
        const all = [
          text.task,
          text.prediction.question,
          ...text.hints,
          ...Object.values(text.mistakes),
          text.solution,
          text.since ?? '',
        ];
        for (const part of all) {
          for (const line of renderMarkdown(part, { width: 80, color: false }).split('\n')) {
            expect(columnsOf(line), `${ref.key}: ${line}`).to.be.at.most(80);
          }
        }
      }
    });
  }

  it("has words for the page's last line that fit 80 columns", () => {
    for (const language of languages) expect(columnsOf(words[language].keys)).to.be.at.most(78);
  });

  it('has nothing for workshop lab lint to find', async () => {
    const found = await lintCourse({ online: false, signal: AbortSignal.timeout(10_000) });
    expect(found.map(({ where, message }) => `${where}: ${message}`)).to.deep.equal([]);
  });
});

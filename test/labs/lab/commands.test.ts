import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { courseOutline } from '../../../labs/course/outline.ts';
import { readIntroduction, readStepText } from '../../../labs/course/read-text.ts';
import { run } from '../../../lib/exec.ts';
import { createLab } from '../../../scripts/lab/new.ts';
import { type TestCluster, testCluster } from '../../whole/cluster.ts';

describe('workshop lab', function () {
  this.timeout(90_000);
  let cluster: TestCluster;
  let folder: string;
  before(async () => {
    cluster = await testCluster();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'workshop-lab-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('test tries the steps that are named, in all languages', async () => {
    const { stdout, stderr, exitCode } = await cluster.workshop([
      'lab',
      'test',
      'clusterip/expose-it',
      'ports/two-ports',
      '--json',
    ]);
    expect(exitCode, stdout + stderr).to.equal(0);
    const { trials } = JSON.parse(stdout);
    expect(trials.map(({ step }: { step: string }) => step)).to.deep.equal([
      '02-clusterip/20-expose-it',
      '11-ports/10-two-ports',
    ]);
    for (const { checks } of trials) expect(checks.length).to.be.at.least(6);
  });

  const mistakes: [words: string[], message: string][] = [
    [['test'], 'which labs or steps?'],
    [['test', 'nothing'], 'could not find the step nothing'],
    [['test', '--all', '--backend', 'vagrant'], 'is of the kind sandbox, not vagrant'],
    [['test', '--all', '--lang', 'de'], '--lang "de" is none of en, ko, zh'],
    [['tets'], 'did you mean test?'],
    [['new', '9lives'], '"9lives" is no name for a lab'],
    [['new', 'dns'], 'there is a lab 07-dns already'],
    [['export', 'word', '--output', '/tmp/x'], '"word" is no format'],
    [['export', 'killercoda'], 'export needs --output DIR'],
    [['export', 'killercoda', '--output', '/tmp/x', '--repository', 'x; rm -r /'], 'an https address'],
  ];
  for (const [words, message] of mistakes) {
    it(`${words.join(' ')} ends with 2 and says why`, async () => {
      const { exitCode, stderr } = await cluster.workshop(['lab', ...words]);
      expect(stderr).to.contain(message);
      expect(exitCode).to.equal(2);
    });
  }

  it('new writes a lab that can be read at once', () => {
    createLab(folder, 'first-lab');
    createLab(folder, 'second');
    const outline = courseOutline(folder);
    expect(outline.map(({ lab }) => lab)).to.deep.equal(['01-first-lab', '02-second']);
    for (const lab of outline) {
      expect(readIntroduction(lab, 'ko')?.language).to.equal('ko');
      for (const ref of lab.steps) {
        expect(readStepText(ref, 'zh').text.mistakes).to.have.all.keys('turned-round', 'empty');
        expect(readFileSync(join(ref.folder, 'step.ts'), 'utf8')).to.contain("id: '10-first'");
      }
    }
    expect(readFileSync(join(folder, '01-first-lab/lab.ts'), 'utf8')).to.contain(
      'export const firstLab: LabDefinition',
    );
    expect(() => createLab(folder, 'second')).to.throw('there is a lab 02-second already');
  });

  it('export killercoda writes a scenario for each lab, whose files are all there', async () => {
    const words = [
      'lab',
      'export',
      'killercoda',
      '--output',
      folder,
      '--repository',
      'https://example.org/workshop.git',
    ];
    const { exitCode, stderr } = await cluster.workshop([...words, '--lang', 'ko']);
    expect(exitCode, stderr).to.equal(0);
    const { items } = JSON.parse(readFileSync(join(folder, 'structure.json'), 'utf8'));
    expect(items).to.have.lengthOf(courseOutline().length);
    for (const { path } of items) {
      const { title, details, backend } = JSON.parse(readFileSync(join(folder, path, 'index.json'), 'utf8'));
      expect(title, path).to.not.equal('');
      expect(backend.imageid).to.equal('ubuntu');
      const { intro, steps, finish } = details;
      const named = [
        ...Object.values(intro),
        finish.text,
        ...steps.flatMap(({ title: _, ...files }: object & { title: string }) => Object.values(files)),
      ];
      for (const name of named as string[])
        expect(existsSync(join(folder, path, name)), `${path}/${name}`).to.equal(true);
    }
    const page = readFileSync(join(folder, '01-pods/10-three-pods/text.md'), 'utf8');
    expect(page).to.contain('<summary>힌트 1</summary>').and.contain('```{{copy}}');
    expect(readFileSync(join(folder, '01-pods/10-three-pods/verify.sh'), 'utf8')).to.contain(
      'workshop verify 01-pods/10-three-pods',
    );
    for (const name of ['up.sh', 'wait.sh', '10-three-pods/begin.sh']) {
      await run('sh', ['-n', join(folder, '01-pods', name)]);
    }
  });
});

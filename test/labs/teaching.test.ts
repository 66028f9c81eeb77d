import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { courseOutline } from '../../labs/course/outline.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { commands as all } from '../../scripts/cli/commands.ts';
import { type TestCluster, testCluster } from '../whole/cluster.ts';

const page = readFileSync(join(repositoryRoot(), 'docs/teaching.md'), 'utf8');

/** The commands of the page, in its order, without their `$ `. */
const lines = [...page.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : [])),
);

/** Not run here, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  'npm start': 'test/whole/readme.test.ts runs it',
  'npx workshop down': 'the shared cluster is needed by others',
  'npx workshop play': 'it needs a terminal: test/labs/learn/play.test.ts',
  'npx workshop lab test --all': 'test/labs/steps.test.ts runs it',
  'npx workshop verify --all --junit results.xml': 'test/labs/sabotage.test.ts runs every check',
  'npx workshop lab new ingress': 'it writes into the repository: test/labs/lab/commands.test.ts',
  'npx workshop lab test 15-ingress': 'the lab of the command before',
  'npx workshop lab lint --online': 'it needs the network',
  'tar --create --gzip --file ../workshop.tar.gz --exclude .git .': 'it takes a minute',
  'tar --extract --gzip --file workshop.tar.gz': 'it needs the archive',
  'kubectl get endpointslices --all-namespaces': 'kubectl is told another cluster here',
};

describe('docs/teaching.md', function () {
  this.timeout(90_000);
  let cluster: TestCluster;
  let folder: string;

  before(async () => {
    cluster = await testCluster();
    folder = mkdtempSync(join(tmpdir(), 'workshop-class-'));
    mkdirSync(join(folder, 'results'));
    for (const learner of ['Ann', 'Bob', 'Cho']) {
      await cluster.workshop(
        ['report', '--json', '--learner', learner, '--output', `results/${learner}.json`],
        {
          cwd: folder,
        },
      );
    }
  });
  after(async () => {
    await cluster.workshop(['reset', '--progress', '--yes']);
    await cluster.kubectl(['delete', 'namespace', '--selector', 'workshop/course', '--wait=false']);
    rmSync(folder, { recursive: true, force: true });
  });

  for (const line of [...new Set(lines)].filter((each) => !(each in elsewhere))) {
    it(`has a command that works: ${line}`, async () => {
      expect(line).to.match(/^npx workshop /);
      const { exitCode, stderr } = await cluster.workshop(wordsOf(line, folder), { cwd: folder });
      expect(exitCode, stderr).to.equal(0);
    });
  }

  it('makes the pages and tables of a class that it names', () => {
    expect(readdirSync(folder)).to.include.members(['class.html', 'class.csv', 'public.html', 'kim.json']);
    expect(readFileSync(join(folder, 'class.html'), 'utf8'))
      .to.contain('3 learners')
      .and.contain('Bob');
    expect(readFileSync(join(folder, 'public.html'), 'utf8')).to.not.contain('Bob');
  });

  it('leaves out no command that is run nowhere, and excuses none that it has not', () => {
    expect(lines).to.include.members(Object.keys(elsewhere));
  });

  it('names commands that there are, in the text too', () => {
    const known = all.map(({ name }) => name);
    const named = [...page.matchAll(/npx workshop ([a-z-]+)/g)].map(([, name]) => name);
    expect(known).to.include.members(named);
  });

  it('counts labs and steps as they are', () => {
    const outline = courseOutline();
    const stepsIn = (labs: readonly string[]) =>
      outline.filter(({ lab }) => labs.includes(lab)).reduce((sum, { steps }) => sum + steps.length, 0);
    const whole = stepsIn(outline.map(({ lab }) => lab));
    expect(page).to.contain(`${outline.length} labs with ${whole} steps`);
    const rows = [...page.matchAll(/^\| (?:two hours|half a day|a day) \| (.*) \| (\d+) \|$/gm)];
    const [short = 0, half = 0] = rows.map(([, labs = '']) => stepsIn(labs.match(/\d\d-[\w-]+/g) ?? []));
    expect(rows.map(([, , steps]) => Number(steps))).to.deep.equal([short, short + half, whole]);
  });
});

/** The words of a command line: quotes, the one pattern, and DIR for a folder. */
function wordsOf(line: string, folder: string): string[] {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  return words.slice(2).flatMap((word) => {
    if (word === 'results/*.json')
      return readdirSync(join(folder, 'results')).map((name) => `results/${name}`);
    return [word === 'DIR' ? join(folder, 'export') : word];
  });
}

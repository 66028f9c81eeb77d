import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../../lib/exec.ts';
import { clusterPaths } from '../../../lib/paths.ts';
import { repositoryRoot } from '../../../lib/root.ts';
import { waitFor } from '../../../lib/wait.ts';
import { openStore } from '../../../scripts/learn/store.ts';
import { readResults } from '../../../scripts/report/read-results.ts';
import { type TestCluster, testCluster } from '../../whole/cluster.ts';

const manifest = join(repositoryRoot(), 'manifests/hostname-deployment.yaml');
const first = '01-pods/10-three-pods';
/** For the shell of a node. The brackets keep it from finding itself. */
const stateOfProxy = 'grep State "/proc/$(pgrep -o -f "[h]ostname-override=worker-node02")/status"';

/** The course as a student types it. The tests follow one another, as the student does. */
describe('a student', function () {
  this.timeout(90_000);
  let cluster: TestCluster;
  let kubeconfig: string;

  const workshop = (...words: string[]) => cluster.workshop(words, { env: { LC_ALL: 'C' } });
  const kubectl = (args: readonly string[], input?: string) =>
    run('kubectl', ['--kubeconfig', kubeconfig, ...args], { input, timeoutMs: 60_000 });

  before(async () => {
    cluster = await testCluster();
    kubeconfig = join(cluster.stateDir, cluster.env['WORKSHOP_NAME'] ?? '', 'course.kubeconfig');
  });
  after(async () => {
    await cluster.workshop(['reset', '--progress', '--yes']);
    await cluster.kubectl(['delete', 'namespace', '--selector', 'workshop/course', '--wait=false']);
  });

  it('is told how to begin', async () => {
    const { exitCode, stderr } = await workshop('show');
    expect([exitCode, stderr]).to.deep.equal([
      2,
      'could not find your step: you have not started yet.\nTry: workshop start\n',
    ]);
  });

  it('begins with a page, and a kubeconfig that points to the lab', async () => {
    const { exitCode, stdout, stderr } = await workshop('start');
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.contain(`Step 1/2 · ${first}`).and.contain('# Three pods, three addresses');
    expect(stdout).to.contain('## What do you expect?').and.contain('  2. They run;');
    expect(stderr).to.contain(`export KUBECONFIG=${kubeconfig}`);
    expect(
      (await kubectl(['config', 'view', '--minify', '--output=jsonpath={..namespace}'])).stdout,
    ).to.equal('lab-01-pods');
  });

  it('reads the page in Korean and Chinese, and in English where a language is unknown', async () => {
    expect((await workshop('show', '--lang', 'ko')).stdout).to.contain('# 파드 세 개, 주소 세 개');
    expect((await cluster.workshop(['show'], { env: { LC_ALL: 'zh_CN.UTF-8' } })).stdout).to.contain(
      '# 三个 Pod，三个地址',
    );
    const { stdout, stderr } = await workshop('show', '--lang', 'tlh');
    expect(stderr).to.contain('there are no texts in "tlh": these are the English ones');
    expect(stdout).to.contain('# Three pods, three addresses');
  });

  it('makes a prediction, with a number that an option has', async () => {
    expect((await workshop('show', '--predict', '4')).stderr).to.contain(
      '--predict "4" is not a number from 1 to 3',
    );
    expect((await workshop('show', '--predict', '1')).stdout).to.contain('Your prediction: 1');
  });

  it('hears what is expected, what is there, where to look and what to read', async () => {
    const { exitCode, stdout } = await workshop('verify');
    expect(exitCode).to.equal(1);
    for (const word of [
      '✗ not done yet',
      'expected: ',
      'observed: ',
      'look at: ',
      'read: document 001',
      'read: https://',
      'workshop hint',
    ]) {
      expect(stdout).to.contain(word);
    }
    const { ok, step, links } = JSON.parse((await workshop('verify', '--json')).stdout);
    expect([ok, step]).to.deep.equal([false, first]);
    expect(links).to.not.be.empty;
  });

  it('who made a mistake hears which, then gets the hints from vague to concrete', async () => {
    const text = readFileSync(manifest, 'utf8').replaceAll('app: webserver', 'app: webservre');
    await kubectl(['apply', '--filename', '-'], text);
    const titles: (string | undefined)[] = [];
    for (let i = 0; i < 5; i++) titles.push((await workshop('hint')).stdout.split('\n')[0]);
    expect(titles).to.deep.equal([
      '## What went wrong: label-typo',
      '## Hint 1/3',
      '## Hint 2/3',
      '## Hint 3/3',
      '## What went wrong: label-typo',
    ]);
    await kubectl(['delete', 'deployment', 'hostname-deployment']);
  });

  it('may not go on before the step is done, but may skip', async () => {
    const { exitCode, stderr } = await workshop('next');
    expect(exitCode).to.equal(1);
    expect(stderr).to.contain(`${first} is not done yet`).and.contain('workshop next --skip');
  });

  it('is told by verify --watch when it is done, without asking again', async () => {
    const watching = workshop('verify', '--watch', '--timeout', '60s');
    const store = openStore(clusterPaths(cluster.env['WORKSHOP_NAME'] ?? '', cluster.stateDir));
    const before = store.events().length;
    await waitFor(() => store.events().length > before, { what: 'the first look', timeoutMs: 20_000 });
    await kubectl(['apply', '--filename', manifest]);
    const { exitCode, stdout } = await watching;
    expect(exitCode, stdout).to.equal(0);
    expect(stdout).to.match(/✗ not done yet[\s\S]*✓ done: Three pods, three addresses/);
    expect(stdout).to.contain('Your prediction: 1 · What happened: 2 (not as you expected)');
    expect(stdout).to.contain('## What changed since the document');
  });

  it('goes on', async () => {
    const { exitCode, stdout } = await workshop('next');
    expect(exitCode).to.equal(0);
    expect(stdout).to.contain('Step 2/2 · 01-pods/20-a-pod-replaced');
  });

  it('reads a solution, or has it done', async () => {
    const { stdout } = await workshop('solution');
    expect(stdout).to.contain('## Solution').and.contain('    kubectl delete pod NAME');
    const solved = await workshop('solve');
    expect(solved.exitCode, solved.stderr).to.equal(0);
    expect(solved.stdout).to.contain('✓ done');
  });

  it('takes back what was made, and is asked for it again', async () => {
    expect((await workshop('reset', first)).exitCode).to.equal(0);
    expect((await workshop('verify', first)).exitCode).to.equal(1);
  });

  it('jumps to any step by a short name, and comes back the next day', async () => {
    const { stdout } = await workshop('goto', 'dns/headless');
    expect(stdout).to.contain('07-dns/30-headless');
    expect((await workshop('start')).stdout).to.contain('07-dns/30-headless');
    expect((await workshop('status')).stdout).to.contain('You are at the step 07-dns/30-headless');
  });

  it('may leave a step with a frozen proxy: it goes on when the student does', async () => {
    await workshop('goto', 'failure/proxy-frozen');
    await workshop('solve');
    const state = ['ssh', 'worker-node02', '--', 'sh', '-c', stateOfProxy];
    expect((await workshop(...state)).stdout).to.match(/^State:\s+T/m);
    const { exitCode, stderr } = await workshop('goto', 'dns/headless');
    expect(exitCode, stderr).to.equal(0);
    expect((await workshop(...state)).stdout).to.match(/^State:\s+[SR]/m);
  });

  it('sees how things stand', async () => {
    const { stdout } = await workshop('progress');
    expect(stdout).to.match(/^ +01-pods\/10-three-pods +done +\d+ +4 +1 min +otherwise$/m);
    expect(stdout).to.match(/^ +01-pods\/20-a-pod-replaced +done \(solved for you\)/m);
    expect(stdout).to.match(/^> +07-dns\/30-headless +begun/m);
    const { steps } = JSON.parse((await workshop('progress', '--json')).stdout);
    expect(steps[first].hints).to.deep.equal(['label-typo', 1, 2, 3]);
  });

  it('hands in a result that can be counted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'workshop-result-'));
    const file = join(folder, 'kim.json');
    try {
      await workshop('report', '--json', '--learner', 'Kim', '--output', file);
      const { results, damaged } = readResults([file]);
      expect(damaged).to.deep.equal([]);
      expect(results[0]?.steps[0]).to.deep.include({
        key: first,
        status: 'done',
        predicted: 1,
        happened: 2,
        hints: 4,
      });
      writeFileSync(join(folder, 'cut.json'), readFileSync(file, 'utf8').slice(0, 99));
      const { exitCode, stdout, stderr } = await workshop('report', file, join(folder, 'cut.json'));
      expect([exitCode, stderr]).to.deep.equal([
        1,
        ` ! ${join(folder, 'cut.json')} is not counted: it is cut off, or no JSON\n`,
      ]);
      expect(stdout).to.contain('# Kim');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('can read and get hints while the cluster is down, but not verify', async () => {
    const state = mkdtempSync(join(tmpdir(), 'workshop-down-'));
    const env = { WORKSHOP_STATE_DIR: state, WORKSHOP_NAME: 'down', LC_ALL: 'C' };
    try {
      openStore(clusterPaths('down', state)).record({ kind: 'started', step: first, content: '' });
      expect((await cluster.workshop(['show'], { env })).exitCode).to.equal(0);
      expect((await cluster.workshop(['hint'], { env })).stdout).to.contain('## Hint 1/3');
      const { exitCode, stderr } = await cluster.workshop(['verify'], { env });
      expect([exitCode, stderr]).to.deep.equal([
        3,
        'could not open the cluster down: it is not running.\nTry: workshop up\n',
      ]);
    } finally {
      rmSync(state, { recursive: true, force: true });
    }
  });

  it('forgets all on demand, after a question', async () => {
    expect((await workshop('reset', '--progress')).exitCode).to.equal(2);
    expect((await workshop('reset', '--progress', '--yes')).exitCode).to.equal(0);
    expect(JSON.parse((await workshop('progress', '--json')).stdout)).to.deep.equal({
      version: 1,
      steps: {},
    });
  });
});

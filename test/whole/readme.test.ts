import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { exitCodes } from '../../lib/errors.ts';
import { type TestCluster, testCluster } from './cluster.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The commands of all `console` blocks, without their `$ `. */
const commands = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : [])),
);

/** What a transcript looks like without the parts that differ each time. */
function shape(text: string): string[] {
  return text.split('\n').map((line) =>
    line
      .replace(/\d+\.\d+\.\d+\.\d+/g, 'ADDRESS')
      .replace(/-…-[a-z0-9]{5}/g, '-…-POD')
      .replace(/\d+\.\d s/g, 'TIME')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

/** The lines of a table of results that do not depend on the run: lab names, and claims with their results. */
const results = (text: string) =>
  shape(text).flatMap((line) => /^(\d\d-[\w-]+$|[A-Z]-\d\d).*?(✓ kept|$)/.exec(line)?.slice(1) ?? []);

describe('README.md', function () {
  this.timeout(240_000);
  let cluster: TestCluster;

  before(async () => {
    cluster = await testCluster();
  });

  it('names every folder, and no other', () => {
    const named = [...readme.matchAll(/^\| `([a-z]+)\/` \|/gm)].map(([, name]) => name);
    const there = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^\.|^build$|^node_modules$/.test(entry.name))
      .map(({ name }) => name);
    expect([...named].sort()).to.deep.equal(there.sort());
  });

  it('tells every exit code', () => {
    const told = [...readme.matchAll(/^\| (\d) \|/gm)].map(([, code]) => Number(code));
    expect(told).to.deep.equal([0, ...Object.values(exitCodes)]);
  });

  it('shows what npm start prints', async () => {
    const [, transcript = ''] = /```text\n(NODE[\s\S]*?|CLAIM[\s\S]*?)```/.exec(readme) ?? [];
    const { stdout, stderr, exitCode } = await cluster.workshop(['run'], { timeoutMs: 200_000 });
    expect(exitCode, stderr + stdout).to.equal(0);
    expect(results(transcript)).to.deep.equal(results(stdout)).and.not.to.be.empty;
    const next = (text: string) => shape(text).filter((line) => line.startsWith('npx workshop'));
    expect(next(transcript)).to.deep.equal(next(stdout)).and.not.to.be.empty;
  });

  it('shows the labs as workshop list does', async () => {
    const [, list] = /```text\n(01-pods:[\s\S]*?)```/.exec(readme) ?? [];
    expect(list).to.equal((await cluster.workshop(['list'])).stdout);
  });

  for (const command of commands.filter((line) => /^npx workshop (?!down|logs controllers)/.test(line))) {
    it(`has a command that works: ${command}`, async () => {
      const { exitCode, stdout, stderr } = await cluster.workshop(command.split(' ').slice(2));
      expect(exitCode, stderr).to.equal(0);
      expect(stdout).to.match(/\S/);
    });
  }

  it('has kubectl commands that work', async () => {
    expect(commands).to.include('kubectl get nodes');
    expect((await cluster.kubectl(['get', 'nodes'])).stdout).to.match(/worker-node02\s+Ready/);
    const debug = commands.find((line) => line.startsWith('kubectl run')) ?? '';
    const words = debug.replace('-it', '-i').split(' ').slice(1, -1);
    const { stdout } = await cluster.kubectl([...words, 'echo', 'inside']);
    expect(stdout).to.match(/^inside\n/);
  });
});

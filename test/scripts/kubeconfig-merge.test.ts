import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { WorkshopError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { formatKubeconfig } from '../../sandbox/pki/kubeconfig.ts';
import { defaultKubeconfig, mergeInto } from '../../scripts/kubeconfig/merge.ts';

describe('merging kubeconfigs', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'merge-'));
    const parts = { user: 'kubernetes-admin', ca: 'CA', cert: 'CERT', key: 'KEY' };
    writeFileSync(
      join(folder, 'one'),
      formatKubeconfig({ ...parts, cluster: 'one', server: 'https://127.0.0.1:1' }),
    );
    writeFileSync(
      join(folder, 'two'),
      formatKubeconfig({ ...parts, cluster: 'two', server: 'https://127.0.0.1:2' }),
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function view(file: string, what: string): Promise<string> {
    const { stdout } = await run('kubectl', ['--kubeconfig', file, 'config', ...what.split(' ')]);
    return stdout.trim();
  }

  it('keeps what is there, and two clusters apart, as kubectl sees it', async () => {
    const target = join(folder, 'config');
    expect(mergeInto(target, join(folder, 'one'), 'one', false)).to.equal('workshop-one');
    mergeInto(target, join(folder, 'two'), 'two', false);
    mergeInto(target, join(folder, 'two'), 'two', false);
    expect((await view(target, 'get-contexts -o name')).split('\n')).to.deep.equal([
      'workshop-one',
      'workshop-two',
    ]);
    expect(await view(target, 'current-context')).to.equal('workshop-one');
    const server = '--context workshop-two view --minify -o jsonpath={.clusters[0].cluster.server}';
    expect(await view(target, server)).to.equal('https://127.0.0.1:2');
  });

  for (const [title, names] of [
    ['the first that is there', ['none', 'one', 'two']],
    ['the last where none is there', ['none', 'neither']],
  ] as const) {
    it(`goes where kubectl writes when KUBECONFIG has several files: ${title}`, async () => {
      const KUBECONFIG = names.map((name) => join(folder, name)).join(':');
      await run('kubectl', ['config', 'set-context', 'written-by-kubectl'], { env: { KUBECONFIG } });
      const written = names.filter((name) => existsSync(join(folder, name)));
      const own = written.find((name) => readFileSync(join(folder, name), 'utf8').includes('written-by'));
      rmSync(join(folder, 'neither'), { force: true });
      expect(defaultKubeconfig({ KUBECONFIG })).to.equal(join(folder, own ?? ''));
    });
  }

  it('switches the context on demand', async () => {
    const target = join(folder, 'config');
    mergeInto(target, join(folder, 'one'), 'one', false);
    mergeInto(target, join(folder, 'two'), 'two', true);
    expect(await view(target, 'current-context')).to.equal('workshop-two');
  });

  it('writes through a link, for its owner alone', () => {
    const target = join(folder, 'config');
    writeFileSync(join(folder, 'real'), 'apiVersion: v1\nkind: Config\n', { mode: 0o644 });
    symlinkSync(join(folder, 'real'), target);
    mergeInto(target, join(folder, 'one'), 'one', false);
    expect(lstatSync(target).isSymbolicLink()).to.equal(true);
    expect(lstatSync(join(folder, 'real')).mode & 0o777).to.equal(0o600);
  });

  it('leaves a file alone that is no kubeconfig', () => {
    const target = join(folder, 'config');
    writeFileSync(target, '- a list\n');
    expect(() => mergeInto(target, join(folder, 'one'), 'one', false)).to.throw(
      WorkshopError,
      'not a kubeconfig',
    );
  });
});

import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { embedded, writeControlPlane } from '../../../lib/cluster/control-plane.ts';
import { WorkshopError } from '../../../lib/errors.ts';
import { type ClusterPaths, clusterPaths } from '../../../lib/paths.ts';
import type { Context, FlagValues } from '../../../scripts/cli/command.ts';
import { chooseControlPlane } from '../../../scripts/up/control-plane.ts';

const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'coredns'];

describe('the control plane of a cluster', () => {
  let folder: string;
  let bundle: string;
  let paths: ClusterPaths;
  const choose = (flags: FlagValues) =>
    chooseControlPlane({ flags, env: { WORKSHOP_DATA_DIR: folder } } as unknown as Context, paths);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'control-plane-'));
    bundle = join(folder, 'bundle');
    paths = clusterPaths('c', folder);
    mkdirSync(paths.root);
    mkdirSync(join(bundle, 'bin'), { recursive: true });
    const files = names.map((name) => {
      writeFileSync(join(bundle, 'bin', name), 'program', { mode: 0o755 });
      return { path: `bin/${name}`, sha256: '', size: 7, mode: '0755' };
    });
    writeFileSync(join(bundle, 'bundle.json'), JSON.stringify({ format: 1, kubernetes: 'v1.35.4', files }));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is our own unless something else is said', async () => {
    expect(await choose({})).to.deep.equal(embedded);
  });

  it('is that of Kubernetes when asked for, from the usual bundle or another', async () => {
    const wanted = { kind: 'kubernetes', bundle };
    expect(await choose({ 'control-plane': 'kubernetes' })).to.deep.equal(wanted);
    expect(await choose({ bundle })).to.deep.equal(wanted);
  });

  it('stays what the state was made with', async () => {
    writeControlPlane(paths, { kind: 'kubernetes', bundle });
    expect(await choose({})).to.deep.equal({ kind: 'kubernetes', bundle });
  });

  const refused: [string, () => void, FlagValues, string][] = [
    ['an unknown one', () => {}, { 'control-plane': 'k3s' }, 'is neither embedded nor kubernetes'],
    [
      'another one than that of the state',
      () => writeControlPlane(paths, embedded),
      { 'control-plane': 'kubernetes' },
      'its state is of the embedded one',
    ],
    [
      'a bundle with a program that is cut off',
      () => truncateSync(join(bundle, 'bin/etcd'), 3),
      { 'control-plane': 'kubernetes' },
      'bin/etcd has 3 bytes, not 7',
    ],
    [
      'a bundle with a program missing',
      () => rmSync(join(bundle, 'bin/coredns')),
      { 'control-plane': 'kubernetes' },
      'bin/coredns is missing',
    ],
    ['a folder without a bundle', () => {}, { bundle: '/nowhere' }, 'could not use the bundle /nowhere'],
  ];
  for (const [what, prepare, flags, message] of refused) {
    it(`is refused: ${what}`, async () => {
      prepare();
      const error = await choose(flags).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(WorkshopError);
      expect((error as Error).message).to.contain(message);
    });
  }
});

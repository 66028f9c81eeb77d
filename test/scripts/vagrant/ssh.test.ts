import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { sshConfigFile, writeVagrantRecord } from '../../../lib/cluster/vagrant/record.ts';
import { clusterPaths } from '../../../lib/paths.ts';
import { loadSettings } from '../../../lib/settings/load.ts';
import { workshop } from '../type.ts';

describe('workshop ssh while the machines are made', () => {
  let state: string;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'ssh-'));
    const paths = clusterPaths('x', state);
    mkdirSync(paths.root);
    const made = { backend: 'vagrant', name: 'x', settings: loadSettings(), emulated: true } as const;
    writeVagrantRecord(paths.record, { ...made, dotfile: state, bundle: state, phases: [] });
  });
  afterEach(() => rmSync(state, { recursive: true }));

  const ssh = (node: string) => workshop(state, ['ssh', node, '--name', 'x', '--', 'true']);

  it('goes to one that Vagrant has made', async () => {
    const wire = join(state, 'wire');
    writeFileSync(wire, '#!/bin/sh\necho "asked for $1" >&2\n', { mode: 0o755 });
    const hosts = `Host *\n  ProxyCommand ${wire} %n\n`;
    writeFileSync(sshConfigFile(clusterPaths('x', state)), hosts);
    const { exitCode, stderr } = await ssh('worker-node02');
    expect(stderr).to.contain('asked for worker-node02');
    expect(exitCode).to.equal(255);
  });

  it('says what to type when there is none yet', async () => {
    const { exitCode, stderr } = await ssh('worker-node02');
    expect(stderr).to.contain('could not open the cluster x: it is not ready yet');
    expect(exitCode).to.equal(3);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { machineEnvironment } from '../../lib/cluster/vagrant/machine-environment.ts';
import { run } from '../../lib/exec.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { loadSettings } from '../../lib/settings/load.ts';
import { formatYaml } from '../../lib/yaml.ts';

/** What the Vagrantfile makes of the settings is what `workshop` makes of them, also of those with Windows' line ends. */
export async function sameInRuby(): Promise<void> {
  const settings = loadSettings();
  const folder = mkdtempSync(join(tmpdir(), 'vagrantfile-'));
  try {
    const file = join(folder, 'settings.yaml');
    writeFileSync(file, formatYaml(settings).replaceAll('\n', '\r\n'));
    const script = join(repositoryRoot(), 'scripts', 'provision', 'environment.rb');
    const { stdout } = await run('ruby', [script], { env: { WORKSHOP_SETTINGS: file } });
    const seen = JSON.parse(stdout) as { cluster: string; machines: unknown[] };
    expect(seen.cluster).to.equal(`${settings.cluster.name}-vagrant`);
    expect(seen.machines).to.deep.equal(
      settings.nodes.map(({ name }, index) => ({
        ...(index === 0 ? settings.vagrant.master : settings.vagrant.workers),
        environment: machineEnvironment(settings, name),
      })),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Settings that cannot be used are named, with what is wrong; an empty variable is none. */
export async function namesWrongSettings(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vagrantfile-'));
  const script = join(repositoryRoot(), 'scripts', 'provision', 'environment.rb');
  const look = (file: string) => run('ruby', [script], { env: { WORKSHOP_SETTINGS: file }, okCodes: [0, 1] });
  try {
    const wrong = { '': 'not a map', 'a: [': 'expected', 'cluster: {name: a}': 'key not found: "network"' };
    for (const [text, why] of Object.entries(wrong)) {
      const file = join(folder, 'settings.yaml');
      writeFileSync(file, text);
      const { stderr } = await look(file);
      expect(stderr).to.include(`could not use the settings ${file}: `).and.include(why);
    }
    expect((await look(join(folder, 'none'))).stderr).to.include('No such file');
    expect((await look('')).exitCode).to.equal(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Vagrant finds no fault with the Vagrantfile, whichever way libvirt runs the machines. */
export async function validates(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vagrantfile-'));
  try {
    for (const driver of ['qemu', 'kvm'] as const) {
      const file = join(folder, 'settings.yaml');
      const settings = loadSettings();
      writeFileSync(file, formatYaml({ ...settings, vagrant: { ...settings.vagrant, driver } }));
      await run('vagrant', ['validate'], {
        cwd: repositoryRoot(),
        env: { WORKSHOP_SETTINGS: file, VAGRANT_DOTFILE_PATH: folder, VAGRANT_CHECKPOINT_DISABLE: '1' },
      });
    }
    // Without the provider's own checks: VirtualBox need not be there.
    await run('vagrant', ['validate', '--ignore-provider'], {
      cwd: repositoryRoot(),
      env: {
        VAGRANT_DEFAULT_PROVIDER: 'virtualbox',
        VAGRANT_DOTFILE_PATH: folder,
        VAGRANT_CHECKPOINT_DISABLE: '1',
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

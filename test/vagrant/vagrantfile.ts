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

import { existsSync } from 'node:fs';
import { run } from '../../../lib/exec.ts';
import { boxFile } from '../../../lib/paths.ts';
import type { Phase, Work } from './work.ts';

const boxName = 'workshop-lab';

/** The box that `workshop box build` made is added to Vagrant's; the class LAN itself is made with the first machine. */
export const network: Phase = {
  name: 'network',
  does: ({ settings }) =>
    `${settings.vagrant.provider} with the network ${settings.network.nodes}; box ${settings.vagrant.box}`,
  async run(work) {
    const { provider, box } = work.settings.vagrant;
    const file = boxFile(work.env);
    if (provider !== 'libvirt' || !['auto', boxName].includes(box) || !existsSync(file)) return;
    if (await isAdded(work)) return;
    work.note(`   the box ${file} is added to Vagrant as ${boxName}`);
    const args = ['box', 'add', '--name', boxName, '--provider', 'libvirt', file];
    await run('vagrant', args, { signal: work.signal, timeoutMs: 600_000 });
  },
};

async function isAdded({ signal }: Work): Promise<boolean> {
  const { stdout } = await run('vagrant', ['box', 'list'], { signal, timeoutMs: 60_000 });
  return stdout.split('\n').some((line) => line.startsWith(`${boxName} `));
}

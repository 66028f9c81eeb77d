import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../../../lib/atomic-file.ts';
import { sshConfigFile } from '../../../lib/cluster/vagrant/record.ts';
import { closeConnections } from '../../down/machines.ts';
import { addressState, withoutAddress } from './addresses.ts';
import { belongingsOf, domainId, removeBelongings, removeUnusedBoxImages } from './libvirt.ts';
import { askVagrant, vagrant } from './vagrant.ts';
import { machinesOf, type Phase, type Work } from './work.ts';

/** Makes the machines, or boots those that are there, all at once; leaves those that answer alone. */
export const machines: Phase = {
  name: 'machines',
  does: ({ settings }) => {
    const { vagrant: sizes, nodes } = settings;
    const list = nodes.map(({ name, address }, index) => {
      const { memory, cpus } = index === 0 ? sizes.master : sizes.workers;
      return `${name} ${address} (${memory} MB, ${cpus} CPUs)`;
    });
    return `vagrant up --no-provision: ${list.join(', ')}`;
  },
  async run(work) {
    if (await allAnswer(work)) return;
    // A connection to a machine that was switched off would be waited for.
    await closeConnections(work.paths, work.record, work.signal);
    if (work.settings.vagrant.provider === 'libvirt') await removeOrphans(work);
    await boot(work);
    const lost = await withoutAddress(work);
    if (lost.length === 0) return;
    work.note(`${lost.join(', ')}: made anew, since a power cut has taken the new machine's address away`);
    await closeConnections(work.paths, work.record, work.signal);
    await vagrant(work, 'remove what is half made', ['destroy', '--force', ...lost]);
    await boot(work);
    await withoutAddress(work);
  },
};

async function boot(work: Work): Promise<void> {
  const { provider } = work.settings.vagrant;
  await vagrant(work, 'boot the machines', ['up', '--no-provision', '--provider', provider]);
  await writeSshConfig(work);
}

async function allAnswer(work: Work): Promise<boolean> {
  if (!existsSync(sshConfigFile(work.paths))) return false;
  const answers = await Promise.all(
    machinesOf(work).map((machine) =>
      addressState(work, machine, 15_000).then(
        (state) => state === 'there',
        () => false,
      ),
    ),
  );
  work.signal.throwIfAborted();
  return answers.every(Boolean);
}

/** What an interrupted Vagrant made and knows nothing of any more would keep it from making it again. */
async function removeOrphans({ paths, record, signal }: Work): Promise<void> {
  const found = await belongingsOf(paths.name, signal);
  const known = await Promise.all(
    found.domains.map(async (domain) => {
      const machine = domain.slice(paths.name.length + 1);
      return (await domainId(domain, signal)) === knownId(record.dotfile, machine);
    }),
  );
  const domains = found.domains.filter((_, index) => !known[index]);
  const kept = found.domains.filter((_, index) => known[index]);
  const volumes = found.volumes.filter((volume) => !kept.some((domain) => volume.startsWith(domain)));
  await removeBelongings({ domains, volumes, networks: [] }, signal);
  // One that was interrupted while it was copied is not whole; to copy it takes seconds.
  if (kept.length === 0) await removeUnusedBoxImages(signal);
}

/** The id that Vagrant has of a machine. */
export function knownId(dotfile: string, machine: string): string | undefined {
  const file = join(dotfile, 'machines', machine, 'libvirt', 'id');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** Takes down how Vagrant reaches the machines; connections are kept open, since to open one takes an emulated machine seconds. */
async function writeSshConfig(work: Work): Promise<void> {
  const { paths } = work;
  const hosts = await askVagrant(work, ['ssh-config']);
  const shared = [
    'Host *',
    '  ControlMaster auto',
    `  ControlPath "${join(paths.sockets, 'ssh-%n')}"`,
    '  ControlPersist 15m',
    '  ConnectTimeout 60',
    '  ServerAliveInterval 10',
    '  ServerAliveCountMax 6',
    '',
  ];
  writeFileAtomically(sshConfigFile(paths), `${shared.join('\n')}\n${hosts}`);
}

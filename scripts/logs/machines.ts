import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineCommand } from '../../lib/cluster/vagrant/machine-command.ts';
import type { VagrantRecord } from '../../lib/cluster/vagrant/record.ts';
import { run } from '../../lib/exec.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import { attach } from '../ssh/attach.ts';

const units: Readonly<Record<string, string>> = {
  proxy: 'workshop-proxy',
  kubelet: 'kubelet',
  containerd: 'containerd',
};

/** The journals of all machines, by the names that `workshop status` has for them. */
export function journalsOf({ settings }: VagrantRecord): string[] {
  return settings.nodes.flatMap(({ name }) => Object.keys(units).map((unit) => `${unit}-${name}`));
}

/** Prints one journal, with `follow` until Ctrl-C. Resolves with the exit code; undefined when it is no journal's name. */
export async function printJournal(
  paths: ClusterPaths,
  record: VagrantRecord,
  wanted: string,
  follow: boolean,
): Promise<number | undefined> {
  if (!journalsOf(record).includes(wanted)) return undefined;
  return attach(commandFor(paths, record, wanted, follow ? ['--follow'] : []));
}

/** Writes every journal to a file of that folder; one that cannot be had says why instead. */
export async function exportJournals(
  paths: ClusterPaths,
  record: VagrantRecord,
  folder: string,
): Promise<void> {
  await Promise.all(
    journalsOf(record).map(async (name) => {
      const [program, ...args] = commandFor(paths, record, name, []);
      const text = await run(program, args, { timeoutMs: 60_000 }).then(
        ({ stdout }) => stdout,
        (error: unknown) => `${String(error)}\n`,
      );
      writeFileSync(join(folder, `${name}.log`), text, { mode: 0o600 });
    }),
  );
}

function commandFor(paths: ClusterPaths, { settings }: VagrantRecord, name: string, more: readonly string[]) {
  const nodes = settings.nodes.map((node) => node.name);
  const [, unit = '', node = ''] = /^([a-z]+)-(.+)$/.exec(name) ?? [];
  const argv = ['journalctl', '--unit', units[unit] ?? unit, '--no-pager', '--output=cat', ...more];
  return machineCommand(paths, nodes, node, argv);
}

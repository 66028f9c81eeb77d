import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeFileAtomically } from '../../../lib/atomic-file.ts';
import { lockCluster, supervisorOf } from '../../../lib/cluster/lock.ts';
import {
  machineSettingsFile,
  type PhaseRecord,
  readVagrantRecord,
  type VagrantRecord,
  writeVagrantRecord,
} from '../../../lib/cluster/vagrant/record.ts';
import { WorkshopError } from '../../../lib/errors.ts';
import { bundleFolder, type ClusterPaths, clusterPaths, stateFolder } from '../../../lib/paths.ts';
import { repositoryRoot } from '../../../lib/root.ts';
import { formatYaml } from '../../../lib/yaml.ts';
import type { Context } from '../../cli/command.ts';
import { text } from '../../cli/flags.ts';
import { isEmulated } from '../../doctor/vagrant/machine.ts';
import { phasesFrom } from './phases.ts';
import type { Phase, Work } from './work.ts';

/**
 * Makes the cluster of virtual machines, or goes on where an earlier call was interrupted: phase after phase, each quick where
 * its work is done. What is there stays when it fails. Throws WorkshopError `environment` or `timeout`.
 */
export async function upMachines(context: Context): Promise<ClusterPaths> {
  const { flags, progress } = context;
  const paths = clusterPaths(context.name, stateFolder(context.env));
  const chosen = phasesFrom(text(flags['from']));
  const before = recordFor(context, paths);
  if (flags['dry-run'] === true) {
    const work = { settings: before.settings, record: before };
    for (const phase of chosen) context.out.line(`${phase.name.padEnd(14)} ${phase.does(work)}`);
    return paths;
  }
  const lock = await takeLock(paths);
  try {
    mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
    writeFileAtomically(machineSettingsFile(paths), formatYaml(before.settings));
    const giveUp = context.timeoutMs === undefined ? [] : [AbortSignal.timeout(context.timeoutMs)];
    const signal = AbortSignal.any([context.signal, ...giveUp]);
    const work = { paths, settings: before.settings, env: context.env, signal, note: progress.note };
    await runPhases(context, chosen, work, before);
    return paths;
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof Error && error.name === 'TimeoutError') throw tooLate(context);
    throw error;
  } finally {
    lock.close();
  }
}

async function runPhases(
  { progress }: Context,
  chosen: readonly Phase[],
  common: Omit<Work, 'record'>,
  before: VagrantRecord,
): Promise<void> {
  const { paths } = common;
  let record = before;
  writeVagrantRecord(paths.record, record);
  for (const phase of chosen) {
    const from = performance.now();
    await progress
      .step(phase.name, () => phase.run({ ...common, record }))
      .catch((error: unknown) => {
        const phases = record.phases.filter(({ name }) => name !== 'ready');
        writeVagrantRecord(paths.record, { ...record, phases });
        throw error;
      });
    const done: PhaseRecord = {
      name: phase.name,
      ms: Math.round(performance.now() - from),
      at: new Date().toISOString(),
    };
    record = { ...record, phases: [...record.phases.filter(({ name }) => name !== phase.name), done] };
    writeVagrantRecord(paths.record, record);
  }
}

/** That of the cluster which is there, with the settings it was made with; else one for a new cluster. */
function recordFor(context: Context, paths: ClusterPaths): VagrantRecord {
  const { settings, flags, env, name } = context;
  const bundle = text(flags['bundle']);
  const known = readVagrantRecord(paths.record);
  if (known) {
    if (JSON.stringify(known.settings) !== JSON.stringify(settings)) {
      context.progress.warn(
        'the machines were made with other settings than these; to use these, first: workshop down',
      );
    }
    return { ...known, ...(bundle !== undefined && { bundle: resolve(bundle) }) };
  }
  return {
    backend: 'vagrant',
    name,
    settings: provided(settings, text(flags['provider'])),
    dotfile: dotfileOf(context, paths),
    emulated: isEmulated(settings.vagrant),
    bundle: resolve(bundle ?? bundleFolder(env)),
    phases: [],
  };
}

function provided(settings: Context['settings'], provider: string | undefined): Context['settings'] {
  if (provider === undefined) return settings;
  if (provider !== 'libvirt' && provider !== 'virtualbox') {
    throw new WorkshopError('usage', `could not use the provider ${provider}: there are libvirt, virtualbox`);
  }
  return { ...settings, vagrant: { ...settings.vagrant, provider } };
}

/** Machines that a plain `vagrant up` made are taken over; else Vagrant's state lies with the cluster's. */
function dotfileOf({ settings, name }: Context, paths: ClusterPaths): string {
  const plain = join(repositoryRoot(), '.vagrant');
  const machines = join(plain, 'machines');
  const made =
    name === `${settings.cluster.name}-vagrant` &&
    existsSync(machines) &&
    readdirSync(machines).some((machine) =>
      existsSync(join(machines, machine, settings.vagrant.provider, 'id')),
    );
  return made ? plain : join(paths.root, '.vagrant');
}

async function takeLock(paths: ClusterPaths) {
  if (await supervisorOf(paths.root)) {
    throw new WorkshopError(
      'environment',
      `could not use the name ${paths.name}: a sandbox of that name runs`,
      {
        advice: 'another --name',
      },
    );
  }
  const lock = await lockCluster(`${paths.root} up`);
  if (lock) return lock;
  throw new WorkshopError('environment', `could not go on: another \`workshop up\` works on ${paths.name}`, {
    advice: `waiting for it, or workshop logs --name ${paths.name}`,
  });
}

function tooLate({ timeoutMs = 0, name }: Context): WorkshopError {
  return new WorkshopError('timeout', `could not make ${name} in time: ${timeoutMs / 1000} s are over`, {
    advice: 'the same command again: it goes on from here',
  });
}

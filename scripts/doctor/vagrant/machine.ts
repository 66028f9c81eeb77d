import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { dirname } from 'node:path';
import { type Environment, stateFolder } from '../../../lib/paths.ts';
import type { Settings, VagrantSettings } from '../../../lib/settings/settings.ts';
import { bad, type Finding, good, remark } from '../check.ts';

export interface KvmProbe {
  /** Undefined: there is no /dev/kvm; false: this user may not use it. */
  readonly usable: boolean | undefined;
  /** The processor has vmx or svm. */
  readonly processor: boolean;
}

/** KVM with libvirt makes the machines some twenty times quicker; with VirtualBox it is in the way. */
export function checkKvm({ provider, driver }: VagrantSettings, probe: KvmProbe = lookAtKvm()): Finding[] {
  const id = 'kvm';
  const { usable, processor } = probe;
  if (provider === 'virtualbox') {
    if (usable === undefined) return [good(id, 'no KVM is in the way of VirtualBox')];
    const advice = 'sudo modprobe -r kvm_intel kvm_amd kvm, or `provider: libvirt` in the settings';
    return [remark(id, 'KVM is loaded: VirtualBox cannot use the processor at the same time', advice)];
  }
  const why = kvmFault(probe);
  if (driver === 'qemu') return [good(id, 'the machines are emulated, as the settings say')];
  if (why === undefined) return [good(id, 'the machines run by KVM')];
  const advice = usable === false && processor ? 'sudo usermod -aG kvm "$USER", then log in anew' : undefined;
  if (driver === 'kvm') return [bad(id, why, advice ?? '`driver: auto` in the settings')];
  return [
    remark(id, `${why}: the machines are emulated, which is slow (the first \`up\` takes minutes)`, advice),
  ];
}

/** True when the machines will not run by the processor's own virtualization. */
export function isEmulated({ provider, driver }: VagrantSettings, probe: KvmProbe = lookAtKvm()): boolean {
  if (provider !== 'libvirt' || driver === 'kvm') return false;
  return driver === 'qemu' || kvmFault(probe) !== undefined;
}

function kvmFault({ usable, processor }: KvmProbe): string | undefined {
  if (usable === undefined) return 'there is no /dev/kvm';
  if (!processor) return 'there is a /dev/kvm, but the processor shows no virtualization (vmx, svm)';
  return usable ? undefined : 'this user may not use /dev/kvm';
}

function lookAtKvm(): KvmProbe {
  const flags = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  return { usable: mayUse('/dev/kvm'), processor: /^flags.* (vmx|svm)\b/m.test(flags) };
}

function mayUse(file: string): boolean | undefined {
  if (!existsSync(file)) return undefined;
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const imagesFolder = '/var/lib/libvirt/images';

/** Disk that a machine's image grows by while the labs run. */
const diskMbEach = 2500;

/** Memory for all machines, and room for their disks. */
export function checkRoom(settings: Settings, env: Environment, free = roomOf(env)): Finding[] {
  const { master, workers } = settings.vagrant;
  const memory = master.memory + workers.memory * (settings.nodes.length - 1);
  const disk = diskMbEach * settings.nodes.length;
  return [
    free.memory >= memory
      ? good('memory', `${free.memory} MB available, the machines get ${memory} MB`)
      : remark(
          'memory',
          `${free.memory} MB available, and the machines get ${memory} MB`,
          'less in vagrant.workers.memory of the settings',
        ),
    free.disk >= disk
      ? good('disk', `${free.disk} MB free in ${free.folder}`)
      : bad(
          'disk',
          `only ${free.disk} MB free in ${free.folder}, the machines need ${disk} MB`,
          `make room in ${free.folder}`,
        ),
  ];
}

export interface Room {
  /** MB */
  readonly memory: number;
  readonly disk: number;
  readonly folder: string;
}

function roomOf(env: Environment): Room {
  let folder = existsSync(imagesFolder) ? imagesFolder : stateFolder(env);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(
    existsSync('/proc/meminfo') ? readFileSync('/proc/meminfo', 'utf8') : '',
  );
  const memory = available ? Number(available[1]) / 1024 : freemem() / 1_048_576;
  return { memory: Math.floor(memory), disk: Math.floor((bavail * bsize) / 1_048_576), folder };
}

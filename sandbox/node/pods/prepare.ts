import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFifos } from '../runtime/fifo.ts';
import { startHolder } from '../runtime/holder.ts';
import { connectPod, disconnectPod } from '../runtime/network.ts';
import { isAlive, signalProcess } from '../runtime/process-id.ts';
import { hostnameOf, hostsFile } from './hosts-file.ts';
import { allContainers } from './pod.ts';
import { resolvConf } from './resolv-conf.ts';
import { type PodUnit, saveRecord } from './unit.ts';
import { prepareVolumes } from './volumes.ts';

/**
 * Makes all that a pod's containers share: namespaces, address and cable, volumes, pipes, resolv.conf and hosts.
 * Safe to repeat after a failure. Throws MountFault for a missing ConfigMap or Secret, Error otherwise.
 */
export async function preparePod(unit: PodUnit): Promise<void> {
  const { record, paths } = unit;
  for (const container of allContainers(unit.pod)) {
    mkdirSync(join(paths.container(container.name), 'root'), { recursive: true, mode: 0o700 });
  }
  await Promise.all([openSandbox(unit), makeFifos(missingFifos(unit))]);
  await prepareVolumes(unit);
  const address = record.address ?? unit.node.nodeAddress;
  writeFileSync(paths.hosts, hostsFile(unit.pod, address, unit.node.dns.domain));
  writeFileSync(paths.resolvConf, resolvConf(unit.pod, unit.node.dns, readHostFile('/etc/resolv.conf')));
  unit.prepared = true;
}

/** True when the pod had its namespaces and has lost them, as after the end of the whole sandbox. */
export function lostSandbox({ record }: PodUnit): boolean {
  return record.holder !== undefined && !isAlive(record.holder);
}

/** Gives back a pod's namespaces, cable and address. Its address stays in the record, for the status. Safe to repeat. */
export async function closeSandbox({ record, node }: PodUnit): Promise<void> {
  if (!record.holder) return;
  signalProcess(record.holder, 'SIGKILL');
  if (!record.hostNetwork) {
    await disconnectPod(record.uid);
    if (record.address) node.addresses()?.release(record.address);
  }
  delete record.holder;
}

async function openSandbox(unit: PodUnit): Promise<void> {
  const { record, node } = unit;
  if (record.holder && isAlive(record.holder)) return;
  if (record.hostNetwork) record.address = node.nodeAddress;
  else {
    const pool = node.addresses();
    if (!pool) throw new Error('the node has no podCIDR yet');
    record.address = pool.take();
  }
  const holder = await startHolder({
    busybox: node.images.busybox,
    hostname: hostnameOf(unit.pod),
    hostNetwork: record.hostNetwork,
  });
  record.holder = holder;
  saveRecord(unit);
  if (record.hostNetwork) return;
  try {
    await connectPod(record.uid, holder, record.address);
  } catch (error) {
    delete record.holder;
    process.kill(holder.pid, 'SIGKILL');
    await disconnectPod(record.uid);
    throw error;
  }
}

function missingFifos(unit: PodUnit): string[] {
  return allContainers(unit.pod).flatMap((container) => {
    const names = ['events', 'out', 'err', ...(container.stdin ? ['in'] : [])];
    const folder = unit.paths.container(container.name);
    return names.map((name) => join(folder, name)).filter((path) => !existsSync(path));
  });
}

function readHostFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

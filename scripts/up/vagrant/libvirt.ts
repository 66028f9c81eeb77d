import { ExecError, run } from '../../../lib/exec.ts';

/** libvirt's things that belong to a cluster: they begin with its name. */
export interface Belongings {
  readonly domains: readonly string[];
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
}

const system = ['--connect', 'qemu:///system'];
const pool = 'default';

async function virsh(args: readonly string[], signal?: AbortSignal): Promise<string> {
  return (await run('virsh', [...system, ...args], { signal, timeoutMs: 30_000 })).stdout;
}

/** True when libvirt answers. */
export async function libvirtAnswers(signal?: AbortSignal): Promise<boolean> {
  return virsh(['version'], signal).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ExecError && error.kind !== 'aborted') return false;
      throw error;
    },
  );
}

/** All of libvirt's things that bear the cluster's name. */
export async function belongingsOf(cluster: string, signal?: AbortSignal): Promise<Belongings> {
  const [domains, networks, volumes] = await Promise.all([
    virsh(['list', '--all', '--name'], signal),
    virsh(['net-list', '--all', '--name'], signal),
    virsh(['vol-list', pool], signal).catch(() => ''),
  ]);
  const own = (name: string) => name.startsWith(`${cluster}_`);
  return {
    domains: words(domains).filter(own),
    networks: words(networks).filter((name) => name === `${cluster}-lan`),
    volumes: volumeNames(volumes).filter(own),
  };
}

/** Removes machines with their disks, and volumes and networks that are left. */
export async function removeBelongings(found: Belongings, signal?: AbortSignal): Promise<void> {
  for (const domain of found.domains) {
    await virsh(['destroy', domain], signal).catch(() => {});
    await virsh(['undefine', domain, '--nvram', '--managed-save', '--snapshots-metadata'], signal);
  }
  for (const volume of found.volumes) await virsh(['vol-delete', volume, '--pool', pool], signal);
  for (const network of found.networks) {
    await virsh(['net-destroy', network], signal).catch(() => {});
    await virsh(['net-undefine', network], signal).catch(() => {});
  }
}

/** Removes the images of our boxes that no machine's disk is built on: libvirt's copies of what Vagrant keeps. */
export async function removeUnusedBoxImages(signal?: AbortSignal): Promise<void> {
  const volumes = volumeNames(await virsh(['vol-list', pool], signal).catch(() => ''));
  const [images, others] = [volumes.filter(isBoxImage), volumes.filter((name) => !isBoxImage(name))];
  if (images.length === 0) return;
  const built = await Promise.all(others.map((name) => virsh(['vol-dumpxml', name, '--pool', pool], signal)));
  for (const image of images) {
    if (!built.some((xml) => xml.includes(image))) await virsh(['vol-delete', image, '--pool', pool], signal);
  }
}

function isBoxImage(volume: string): boolean {
  return volume.startsWith('workshop-lab_vagrant_box_image_');
}

/** libvirt's ids of a machine, by its name. Undefined when there is none. */
export async function domainId(domain: string, signal?: AbortSignal): Promise<string | undefined> {
  return virsh(['domuuid', domain], signal).then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** Of a listing in columns, below two lines of heading. */
function volumeNames(listing: string): string[] {
  return listing
    .split('\n')
    .slice(2)
    .flatMap((line) => line.trim().split(/\s+/)[0] || []);
}

function words(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

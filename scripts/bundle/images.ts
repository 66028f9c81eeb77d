import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WorkshopError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { type ImageStore, openImageStore, type PreparedImage } from '../../sandbox/node/images/store.ts';
import type { OciImage } from './oci-archive.ts';
import { versions } from './programs.ts';
import { imagesUsed } from './used-images.ts';

/** The images of a bundle, by the archive they go into. */
export interface BundleImages {
  /** For the first node: what kubeadm starts there. */
  readonly controlPlane: readonly OciImage[];
  /** For every node: pause, DNS, and whatever the manifests and labs use. */
  readonly node: readonly OciImage[];
}

/**
 * Makes the images' folders below `work`, from the programs in `folder` (`bin/…`) and the stand-ins of sandbox/images. Their
 * names are those that this very kubeadm asks for. Throws WorkshopError `environment`.
 */
export async function prepareImages(
  folder: string,
  work: string,
  signal?: AbortSignal,
): Promise<BundleImages> {
  const wanted = await kubeadmImages(folder, signal);
  const named = (part: string) => {
    const name = wanted.find((image) => image.includes(`/${part}:`));
    if (name !== undefined) return name;
    throw new WorkshopError('bug', `could not make the images: kubeadm names none for ${part}`);
  };
  const controlPlane = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'];
  const store = await openImageStore(join(work, 'store'));
  const program = (name: string) => programImage(named(name), name, { folder, work });
  const dns = { ...program('coredns'), entrypoint: ['/usr/local/bin/coredns'] };
  const standIns = [named('pause'), ...imagesUsed()].filter((name) => name !== dns.name);
  return {
    controlPlane: controlPlane.map(program),
    node: [dns, ...(await Promise.all(standIns.map((name) => standIn(name, store, work))))],
  };
}

async function kubeadmImages(folder: string, signal?: AbortSignal): Promise<string[]> {
  const args = ['config', 'images', 'list', '--kubernetes-version', versions.kubernetes];
  const { stdout } = await run(join(folder, 'bin', 'kubeadm'), args, { signal });
  return stdout.trim().split('\n');
}

/** One program and nothing else; kubeadm gives its whole command. */
function programImage(
  name: string,
  program: string,
  { folder, work }: { folder: string; work: string },
): OciImage {
  const root = join(work, 'programs', program);
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
  cpSync(join(folder, 'bin', program), join(root, 'usr/local/bin', program));
  mkdirSync(join(root, 'tmp'), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  return { name, layers: [root], entrypoint: [], cmd: [], env: {}, workdir: '/' };
}

/** The sandbox's image of that name, with a layer of its own for what it takes from this machine. */
async function standIn(name: string, store: ImageStore, work: string): Promise<OciImage> {
  const image = await store.pull(name);
  if (!image) throw new WorkshopError('bug', `could not make the image ${name}: sandbox/images has none`);
  const machine = copyMounts(image, join(work, 'machine', image.id.replaceAll('/', '-')));
  const layers = [...image.layers].reverse();
  return { ...image, name, layers: machine === undefined ? layers : [...layers, machine] };
}

function copyMounts({ mounts }: PreparedImage, root: string): string | undefined {
  if (mounts.length === 0) return undefined;
  for (const { source, target } of mounts) {
    // In the layers below, /usr/bin is a link to /bin: a folder of that name here would hide it.
    const to = join(root, target.replace(/^\/usr\/bin\//, '/bin/'));
    mkdirSync(dirname(to), { recursive: true });
    cpSync(source, to, { recursive: true, dereference: true });
  }
  return root;
}

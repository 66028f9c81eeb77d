import { unshareFlags } from '../../sandbox/supervise/namespaces.ts';
import { complaint, shell } from '../cli/shell.ts';
import { bad, type Finding, good } from './check.ts';

/** What the sandbox asks of the kernel, each in a word: tried in namespaces of its own, gone with them. */
const features: Readonly<Record<string, string>> = {
  bridge: 'ip link add w0 type bridge',
  veth: 'ip link add w1 type veth peer name w2',
  'nf_tables (NAT)': 'nft add table ip w; nft add chain ip w c "{ type nat hook prerouting priority 0; }"',
  overlayfs:
    'mount -t tmpfs w /mnt; cd /mnt; mkdir l u k m; mount -t overlay -o lowerdir=l,upperdir=u,workdir=k w m',
};

/** Tries the kernel features that the sandbox is built from. */
export async function checkKernel(signal?: AbortSignal): Promise<Finding[]> {
  const failures = await Promise.all(
    Object.entries(features).map(async ([name, script]) => {
      try {
        await shell(signal)`unshare ${unshareFlags()} -- sh -e -c ${script}`;
        return [];
      } catch (error) {
        return [`${name} (${complaint(error)})`];
      }
    }),
  );
  const missing = failures.flat();
  if (missing.length === 0) return [good('kernel', Object.keys(features).join(', '))];
  const modules = 'sudo modprobe -a bridge veth nf_tables nft_chain_nat overlay';
  return [bad('kernel', `this kernel refuses ${missing.join(', ')}`, modules)];
}

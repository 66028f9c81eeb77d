import { run } from '../../lib/exec.ts';

/** Everything that libvirt has: machines, volumes, networks. */
export async function leftBehind(): Promise<string[]> {
  const virsh = async (what: string, ...args: string[]) => {
    const { stdout } = await run('virsh', ['--connect', 'qemu:///system', ...args], { okCodes: [0, 1] });
    return stdout.split('\n').flatMap((line) => {
      const [name] = line.trim().split(/\s+/);
      return name ? [`${what} ${name}`] : [];
    });
  };
  const lists = await Promise.all([
    virsh('machine', 'list', '--all', '--name'),
    // Vagrant makes the pool when there is none.
    virsh('volume', 'vol-list', 'default'),
    virsh('network', 'net-list', '--all', '--name'),
  ]);
  return lists.flat();
}

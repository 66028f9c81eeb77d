import type { ComponentStatus } from '../../lib/cluster/components.ts';
import { sshCommand } from '../../lib/cluster/ssh.ts';
import { machineSsh } from '../../lib/cluster/vagrant/machine-command.ts';
import type { VagrantRecord } from '../../lib/cluster/vagrant/record.ts';
import { run } from '../../lib/exec.ts';
import type { ClusterPaths } from '../../lib/paths.ts';

/** The services that make a machine a node, and what systemd calls them. */
const units = { proxy: 'workshop-proxy', kubelet: 'kubelet', containerd: 'containerd' } as const;

/** The state of every machine's services, as systemd has it. A machine that does not answer has none that runs. */
export async function machineComponents(
  paths: ClusterPaths,
  record: VagrantRecord,
): Promise<ComponentStatus[]> {
  const nodes = record.settings.nodes.map(({ name }) => name);
  const all = await Promise.all(nodes.map((node) => ofMachine(paths, node)));
  return all.flat();
}

async function ofMachine(paths: ClusterPaths, node: string): Promise<ComponentStatus[]> {
  const names = Object.values(units);
  // Everybody may ask; to become root for it takes an emulated machine longer than the answer.
  const question = ['systemctl', 'show', '--property=ActiveState,NRestarts', ...names];
  const [program, ...args] = sshCommand({ ssh: machineSsh(paths, node), become: [] }, question);
  const answer = await run(program, args, { timeoutMs: 20_000 }).catch(() => undefined);
  const blocks = answer?.stdout.trim().split('\n\n') ?? [];
  return Object.keys(units).map((name, index) => {
    const block = blocks[index] ?? '';
    const active = /^ActiveState=active$/m.test(block);
    return {
      name: `${name}@${node}`,
      state: active ? 'running' : 'stopped',
      ready: active,
      restarts: Number(/^NRestarts=(\d+)$/m.exec(block)?.[1] ?? 0),
      ...(answer === undefined && { lastExit: 'the machine does not answer' }),
    };
  });
}

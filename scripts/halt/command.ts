import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import type { Command } from '../cli/command.ts';
import { requireOwnCluster } from '../cli/own-cluster.ts';
import { closeConnections } from '../down/machines.ts';
import { machinesNamed, requireMachines } from '../up/vagrant/existing.ts';
import { vagrant } from '../up/vagrant/vagrant.ts';

/** `workshop halt` */
export const halt: Command = {
  usage: ['[NODE…]'],
  description: 'For virtual machines alone; a sandbox is stopped by `workshop down --keep-state`.',
  examples: [
    { command: 'workshop halt --backend vagrant', does: 'switch all machines off' },
    {
      command: 'workshop halt worker-node02 --backend vagrant',
      does: 'switch one off, as if it had broken down',
    },
  ],
  flags: {},
  async run(context) {
    requireOwnCluster(context, 'halt', 'workshop ssh NODE --kubeconfig FILE -- systemctl poweroff');
    const { name, env, args, out, quiet, progress, signal } = context;
    const paths = clusterPaths(name, stateFolder(env));
    const record = requireMachines(name, paths);
    const machines = machinesNamed(record, args);
    await progress.step('halt', async () => {
      await closeConnections(paths, record, signal);
      await vagrant({ paths, record, signal }, 'halt the machines', ['halt', ...machines]);
    });
    if (!quiet)
      out.line(`${machines.join(', ')} ${machines.length === 1 ? 'is' : 'are'} off: workshop resume`);
    return 0;
  },
};

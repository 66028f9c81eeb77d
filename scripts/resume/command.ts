import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import type { Command } from '../cli/command.ts';
import { requireOwnCluster } from '../cli/own-cluster.ts';
import { requireMachines } from '../up/vagrant/existing.ts';

/** `workshop resume` */
export const resume: Command = {
  usage: [''],
  description:
    'The same as `workshop up --backend vagrant` for machines that are there: each phase looks whether all is well.',
  examples: [
    {
      command: 'workshop resume --backend vagrant',
      does: 'switch the machines on and wait until all is well',
    },
  ],
  flags: {},
  async run(context) {
    requireOwnCluster(context, 'resume', 'workshop status --kubeconfig FILE');
    requireMachines(context.name, clusterPaths(context.name, stateFolder(context.env)));
    const { upMachines } = await import('../up/vagrant/up-machines.ts');
    await upMachines(context);
    if (!context.quiet) context.out.line(`The cluster ${context.name} is up again.`);
    return 0;
  },
};

import { WorkshopError } from '../../lib/errors.ts';
import type { Command } from '../cli/command.ts';

/** `workshop kubeconfig` */
export const kubeconfig: Command = {
  usage: [''],
  examples: [],
  flags: {},
  async run() {
    throw new WorkshopError('bug', 'could not run kubeconfig: it is not built yet');
  },
};

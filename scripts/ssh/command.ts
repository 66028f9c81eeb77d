import { WorkshopError } from '../../lib/errors.ts';
import type { Command } from '../cli/command.ts';

/** `workshop ssh` */
export const ssh: Command = {
  usage: [''],
  examples: [],
  flags: {},
  async run() {
    throw new WorkshopError('bug', 'could not run ssh: it is not built yet');
  },
};

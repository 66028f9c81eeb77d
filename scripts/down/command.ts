import { WorkshopError } from '../../lib/errors.ts';
import type { Command } from '../cli/command.ts';

/** `workshop down` */
export const down: Command = {
  usage: [''],
  examples: [],
  flags: {},
  async run() {
    throw new WorkshopError('bug', 'could not run down: it is not built yet');
  },
};

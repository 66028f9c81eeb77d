import { WorkshopError } from '../../lib/errors.ts';
import type { Command } from '../cli/command.ts';

/** `workshop doctor` */
export const doctor: Command = {
  usage: [''],
  examples: [],
  flags: {},
  async run() {
    throw new WorkshopError('bug', 'could not run doctor: it is not built yet');
  },
};

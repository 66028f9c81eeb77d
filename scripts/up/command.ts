import { WorkshopError } from '../../lib/errors.ts';
import type { Command } from '../cli/command.ts';

/** `workshop up` */
export const up: Command = {
  usage: [''],
  examples: [],
  flags: {},
  async run() {
    throw new WorkshopError('bug', 'could not run up: it is not built yet');
  },
};

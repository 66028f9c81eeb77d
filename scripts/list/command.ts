import { claims } from '../../labs/claims.ts';
import { labs } from '../../labs/index.ts';
import type { Command } from '../cli/command.ts';

/** `workshop list` */
export const list: Command = {
  usage: [''],
  description:
    'Shows the labs in teaching order, with the claims that their checks prove. `workshop progress` shows the steps.',
  examples: [
    { command: 'workshop list', does: 'show labs, claims and what each check proves' },
    { command: 'workshop list --json', does: 'the same for programs' },
  ],
  flags: {},
  async run({ out, json }) {
    if (json) {
      out.json(
        labs.map(({ id, title, checks, steps = [] }) => ({
          id,
          title,
          checks: checks.map((check) => ({ claims: check.claims, title: check.title })),
          steps: steps.map((step) => ({ id: step.id, claims: step.claims })),
        })),
      );
      return 0;
    }
    for (const { id, title, checks } of labs) {
      out.line(`${id}: ${title}`);
      for (const check of checks) out.line(`  ${check.claims.join(' ')}  ${check.title}`);
    }
    const proved = new Set(labs.flatMap(({ checks }) => checks.flatMap((check) => check.claims)));
    out.line();
    out.line(`${proved.size} of ${claims.length} claims have a check.`);
    return 0;
  },
};

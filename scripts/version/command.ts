import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../lib/root.ts';
import type { Command } from '../cli/command.ts';

/** `workshop version` */
export const version: Command = {
  usage: ['[--json]'],
  examples: [{ command: 'workshop version --json', does: 'version, Node.js and platform as JSON' }],
  flags: {},
  async run({ out, json }) {
    const text = readFileSync(join(repositoryRoot(), 'package.json'), 'utf8');
    const workshop = (JSON.parse(text) as { version: string }).version;
    const facts = { workshop, node: process.version, platform: `${process.platform}/${process.arch}` };
    if (json) out.json(facts);
    else out.line(`workshop ${workshop} (Node.js ${facts.node}, ${facts.platform})`);
    return 0;
  },
};

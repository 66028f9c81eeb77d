import type { Command } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { attach } from './attach.ts';
import { wayIn } from './way-in.ts';

/** `workshop ssh` */
export const ssh: Command = {
  usage: ['NODE', 'NODE -- COMMAND [ARGUMENT…]'],
  examples: [
    { command: 'workshop ssh worker-node01', does: 'a shell on the node' },
    { command: 'workshop ssh master-node -- nft list ruleset', does: 'one command; its exit code is ours' },
  ],
  flags: {},
  interactive: true,
  async run(context) {
    const { env, args, rest } = context;
    const { nodes, nodeCommand } = await wayIn(context);
    const [node, ...words] = args;
    if (node === undefined) {
      const names = nodes.map((each) => each.name).join(', ');
      throw usageError(`which node? There are ${names}`, 'workshop help ssh');
    }
    const command = [...words, ...rest];
    return attach(nodeCommand(node, command.length > 0 ? command : shellOf(env['SHELL'], node)));
  },
};

/** An interactive shell whose prompt says where it is. */
function shellOf(shell: string | undefined, node: string): string[] {
  const prompt = `root@${node}:\\w# `;
  if (shell?.endsWith('/bash')) return ['env', `PS1=${prompt}`, 'bash', '--norc', '-i'];
  return ['env', `PS1=root@${node}# `, 'sh', '-i'];
}

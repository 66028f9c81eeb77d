import { existsSync, readFileSync } from 'node:fs';
import { WorkshopError } from '../../lib/errors.ts';
import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { Command } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { defaultKubeconfig, mergeInto } from './merge.ts';

const verbs = ['print', 'path', 'merge'];

/** `workshop kubeconfig` */
export const kubeconfig: Command = {
  usage: ['[print|path|merge] [--output FILE] [--switch-context]'],
  examples: [
    { command: 'export KUBECONFIG=$(workshop kubeconfig path)', does: 'use the cluster in this shell' },
    { command: 'workshop kubeconfig merge', does: 'add the cluster to ~/.kube/config' },
  ],
  flags: {
    output: {
      type: 'string',
      value: 'FILE',
      summary: 'merge into this file (default: $KUBECONFIG, ~/.kube/config)',
    },
    'switch-context': { type: 'boolean', summary: 'make it the current context of the merged file' },
  },
  async run({ name, env, args, flags, out, progress }) {
    const file = clusterPaths(name, stateFolder(env)).kubeconfig;
    const [verb = 'print', ...more] = args;
    if (!verbs.includes(verb) || more.length > 0) {
      const word = more[0] ?? verb;
      throw usageError(
        `"${word}" is none of ${verbs.join(', ')}${didYouMean(word, verbs)}`,
        'workshop help kubeconfig',
      );
    }
    if (!existsSync(file)) {
      throw new WorkshopError(
        'environment',
        `could not find the kubeconfig of ${name}: there is no such cluster`,
        {
          advice: 'workshop up',
        },
      );
    }
    if (verb === 'path') out.line(file);
    else if (verb === 'print') out.write(readFileSync(file, 'utf8'));
    else {
      const target = typeof flags['output'] === 'string' ? flags['output'] : defaultKubeconfig(env);
      const context = mergeInto(target, file, name, flags['switch-context'] === true);
      progress.note(`${target} has the context ${context}: kubectl --context ${context} get nodes`);
    }
    return 0;
  },
};

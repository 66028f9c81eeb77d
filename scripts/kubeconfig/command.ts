import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { kubeconfigOf } from '../../lib/cluster/kubeconfig/record.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { Command } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { requireOwnCluster } from '../cli/own-cluster.ts';
import { pathsOf } from '../cli/paths.ts';
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
  async run(context) {
    const { name, env, args, flags, out, progress } = context;
    const named = flags['kubeconfig'];
    const file = typeof named === 'string' ? resolve(named) : kubeconfigOf(pathsOf(context));
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
      requireOwnCluster(context, 'merge', 'export KUBECONFIG=FILE');
      const target = typeof flags['output'] === 'string' ? flags['output'] : defaultKubeconfig(env);
      const merged = mergeInto(target, file, name, flags['switch-context'] === true);
      progress.note(`${target} has the context ${merged}: kubectl --context ${merged} get nodes`);
    }
    return 0;
  },
};

import { WorkshopError } from '../../lib/errors.ts';
import { ApiError } from '../../lib/kube/api-error.ts';
import type { Command } from '../cli/command.ts';
import { openFor } from '../cli/open.ts';
import { applyManifests } from './apply-manifests.ts';
import { defaultSet } from './default-set.ts';
import { podsReady } from './pods-ready.ts';

/** `workshop apply` */
export const applyCommand: Command = {
  usage: ['[MANIFEST|FILE…] [--namespace NAME] [--wait]'],
  description:
    "Applies the documents' manifests as `kubectl apply` does, and leaves the same annotation, so that either may follow the other.\n" +
    `Without words: ${defaultSet.join(', ')}.`,
  examples: [
    { command: 'workshop apply', does: "apply the documents' manifests" },
    { command: 'workshop apply my-nginx', does: 'apply manifests/my-nginx.yaml' },
    { command: 'workshop apply ./service.yaml --namespace my-ns', does: 'apply a file of yours' },
  ],
  flags: {
    namespace: {
      type: 'string',
      short: 'n',
      value: 'NAME',
      summary: 'for objects that name none',
      default: 'default',
    },
    wait: { type: 'boolean', summary: 'until the pods of all applied Deployments are Ready' },
  },
  async run(context) {
    const { args, flags, out, json, signal } = context;
    const cluster = await openFor(context);
    try {
      const applied = await applyManifests({
        client: cluster.client(),
        names: args.length > 0 ? args : defaultSet,
        namespace: String(flags['namespace']),
        signal,
        onApplied: ({ name: object, outcome }) => {
          if (!json) out.line(`${object} ${outcome}`);
        },
      });
      if (flags['wait']) await podsReady(cluster, applied, signal);
      if (json) out.json(applied.map(({ name: object, outcome }) => ({ object, outcome })));
      return 0;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new WorkshopError('usage', `could not apply: ${error.message}`, { cause: error });
    } finally {
      cluster.close();
    }
  },
};

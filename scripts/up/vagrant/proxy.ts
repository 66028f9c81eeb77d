import { machineSsh } from '../../../lib/cluster/vagrant/machine-command.ts';
import { createClient } from '../../../lib/kube/client.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { installProxy } from '../../proxy/install/install.ts';
import type { Phase } from './work.ts';

/** Our proxy on every machine, in kube-proxy's place. */
export const proxy: Phase = {
  name: 'proxy',
  does: ({ settings }) => `workshop proxy install on each, mode ${settings.proxy.mode}`,
  async run({ paths, settings, signal, note }) {
    const credentials = loadKubeconfig(paths.kubeconfig);
    const client = createClient(credentials);
    try {
      const outcomes = await installProxy({
        cluster: { client, server: credentials.server, ca: credentials.ca ?? '' },
        nodes: settings.nodes.map(({ name, address }) => ({ name, address, ssh: machineSsh(paths, name) })),
        setup: {
          mode: settings.proxy.mode,
          clusterCidr: settings.network.pods,
          ...(settings.proxy.mode !== 'userspace' && { scheduler: settings.proxy.scheduler }),
        },
        healthyWithinMs: 300_000,
        signal,
      });
      for (const outcome of outcomes) {
        if (outcome.kind === 'failed') throw outcome.error;
        if (outcome.kind !== 'unchanged') note(`   ${outcome.node}: ${outcome.kind}`);
      }
    } finally {
      client.close();
    }
  },
};

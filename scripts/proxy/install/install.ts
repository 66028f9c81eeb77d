import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkshopError } from '../../../lib/errors.ts';
import { repositoryRoot } from '../../../lib/root.ts';
import { checkCluster } from './check-cluster.ts';
import { installOnNode } from './install-node.ts';
import type { InstallProxy } from './target.ts';

/**
 * Puts the proxy on all nodes at once, each by itself: one that fails is as it was before, and the others have it. Throws
 * WorkshopError `environment` before anything is done where the cluster still runs a kube-proxy of its own, `usage` where the API
 * server is named by its virtual IP.
 */
export const installProxy: InstallProxy = async (options) => {
  await checkCluster(options.cluster, options.signal);
  const program = options.program ?? bundledProxy();
  return await Promise.all(options.nodes.map((node) => installOnNode(node, { ...options, program })));
};

function bundledProxy(): string {
  const file = join(repositoryRoot(), 'build', 'proxy.js');
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WorkshopError('environment', `could not read the proxy to install, ${file}`, {
      advice: 'npm run build',
      cause,
    });
  }
}

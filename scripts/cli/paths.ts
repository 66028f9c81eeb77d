import { type ClusterPaths, clusterPaths, stateFolder } from '../../lib/paths.ts';
import type { Context } from './command.ts';

/** Where everything of the cluster lies that the command line means. */
export function pathsOf({ name, env }: Pick<Context, 'name' | 'env'>): ClusterPaths {
  return clusterPaths(name, stateFolder(env));
}

import { join } from 'node:path';

/** Where the node agent keeps things, below its --root-dir. */
export interface NodePaths {
  root: string;
  pods: string;
  images: string;
  /** Which address was given out last. */
  addresses: string;
}

/** Where a node agent keeps what, below its `--root-dir`. */
export function nodePaths(root: string): NodePaths {
  return {
    root,
    pods: join(root, 'pods'),
    images: join(root, 'images'),
    addresses: join(root, 'last-address'),
  };
}

export interface PodPaths {
  folder: string;
  state: string;
  hosts: string;
  resolvConf: string;
  volume(name: string): string;
  container(name: string): string;
  log(container: string, restartCount: number): string;
}

/** Where things of one pod are. */
export function podPaths(node: NodePaths, uid: string): PodPaths {
  const folder = join(node.pods, uid);
  return {
    folder,
    state: join(folder, 'state.json'),
    hosts: join(folder, 'hosts'),
    resolvConf: join(folder, 'resolv.conf'),
    volume: (name) => join(folder, 'volumes', name),
    container: (name) => join(folder, 'containers', name),
    log: (container, restartCount) => join(folder, 'logs', container, `${restartCount}.log`),
  };
}

import { createHash } from 'node:crypto';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where everything of one cluster lies. Absolute paths. */
export interface ClusterPaths {
  name: string;
  /** The folder of all clusters. */
  state: string;
  /** The cluster's folder; `workshop down` removes it. */
  root: string;
  /** Who runs the cluster and at which port (see lib/cluster/record.ts). */
  record: string;
  /** The administrator's kubeconfig, for kubectl on this machine. */
  kubeconfig: string;
  pki: string;
  kubeconfigs: string;
  apiserver: string;
  nodes: string;
  logs: string;
  /** The API server's TLS on a unix socket. */
  apiSocket: string;
  /** The sandbox's control socket. */
  controlSocket: string;
  /** The folder of the two sockets: `root`, or a short one when that would be too long for the kernel. */
  sockets: string;
}

/** The folder of all clusters: WORKSHOP_STATE_DIR, else $XDG_STATE_HOME/workshop, else ~/.local/state/workshop. */
export function stateFolder(env: Environment = process.env): string {
  if (env['WORKSHOP_STATE_DIR']) return resolve(env['WORKSHOP_STATE_DIR']);
  const base = env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state');
  return join(resolve(base), 'workshop');
}

/** The folder of what is made once for all clusters: WORKSHOP_DATA_DIR, else $XDG_DATA_HOME/workshop, else ~/.local/share/workshop. */
export function dataFolder(env: Environment = process.env): string {
  if (env['WORKSHOP_DATA_DIR']) return resolve(env['WORKSHOP_DATA_DIR']);
  const base = env['XDG_DATA_HOME'] || join(env['HOME'] || homedir(), '.local', 'share');
  return join(resolve(base), 'workshop');
}

/** Where the offline bundle lies unless a command says otherwise. */
export function bundleFolder(env: Environment = process.env): string {
  return join(dataFolder(env), 'bundle');
}

/** Where `workshop box build` puts the box. */
export function boxFile(env: Environment = process.env): string {
  return join(dataFolder(env), 'workshop.box');
}

/** The paths of the cluster `name` (already validated: it becomes a folder's name). */
export function clusterPaths(name: string, state: string = stateFolder()): ClusterPaths {
  const root = join(state, name);
  const sockets = socketFolder(root);
  return {
    name,
    state,
    root,
    record: join(root, 'cluster.json'),
    kubeconfig: join(root, 'kubeconfig'),
    pki: join(root, 'pki'),
    kubeconfigs: join(root, 'kubeconfigs'),
    apiserver: join(root, 'apiserver'),
    nodes: join(root, 'nodes'),
    logs: join(root, 'logs'),
    apiSocket: join(sockets, 'apiserver.sock'),
    controlSocket: join(sockets, 'control.sock'),
    sockets,
  };
}

/** sun_path has 108 bytes with its final zero (unix(7)). */
const longestSocketPath = 107;

function socketFolder(root: string): string {
  if (Buffer.byteLength(join(root, 'apiserver.sock')) <= longestSocketPath) return root;
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 12);
  return join(tmpdir(), `workshop-${userInfo().uid}-${hash}`);
}

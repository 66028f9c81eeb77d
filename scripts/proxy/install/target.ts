import type { Client } from '../../../lib/kube/client.ts';
import type { ProxyMode } from '../../../lib/settings/settings.ts';

/** A Linux node that gets the proxy. */
export interface TargetNode {
  /** The name of its Node object. */
  readonly name: string;
  /** Where it answers; for messages. */
  readonly address: string;
  /**
   * Program and arguments to which one more word, a POSIX shell command, is added to run it there, for example
   * `['ssh', '-F', file, '-o', 'BatchMode=yes', 'worker-node01']`.
   */
  readonly ssh: readonly [string, ...string[]];
  /** Words before each command there that make it root's. Default `['sudo', '-n']`; `[]` when ssh logs in as root. */
  readonly become?: readonly string[] | undefined;
}

/** The cluster that the nodes are of. */
export interface TargetCluster {
  /** With an administrator's rights. */
  readonly client: Client;
  /** The API server as nodes reach it: by address, never by the virtual IP, which exists only once the proxy works. */
  readonly server: string;
  /** The authority that the API server's certificate is checked against, in PEM. */
  readonly ca: string;
  /** Where the proxy's client certificate comes from. Default: the cluster's CertificateSigningRequest API. */
  readonly authority?: { readonly cert: string; readonly key: string } | undefined;
}

/** How the proxy is set up; each node's file is made once and the changes somebody made in it are kept. */
export interface ProxySetup {
  readonly mode: ProxyMode;
  readonly scheduler?: string | undefined;
  /** The pods' networks. */
  readonly clusterCidr?: string | undefined;
  /** True: these also take the place of what is set on the node. */
  readonly overrule?: boolean | undefined;
}

export interface InstallOptions {
  readonly cluster: TargetCluster;
  readonly nodes: readonly TargetNode[];
  readonly setup: ProxySetup;
  /** The text of the bundle to install. Default: this build's. */
  readonly program?: string | undefined;
  /** Looks at the nodes and says what would be done; changes nothing. */
  readonly dryRun?: boolean | undefined;
  /** Told of each step of each node. */
  readonly onStep?: ((node: string, what: string) => void) | undefined;
  /** How long a started proxy may take until it is healthy, in milliseconds. Default 90 s. */
  readonly healthyWithinMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of one node. A failure of one leaves the others alone. */
export type NodeOutcome =
  | { readonly node: string; readonly kind: 'installed' | 'upgraded' | 'unchanged' | 'removed' | 'absent' }
  | { readonly node: string; readonly kind: 'planned'; readonly steps: readonly string[] }
  /** `undone`: what had been there before is at work again (or, at a first installation, nothing is left). */
  | { readonly node: string; readonly kind: 'failed'; readonly error: Error; readonly undone: boolean };

/**
 * `installProxy` (install.ts) puts the proxy on the nodes as a systemd unit, or brings it up to date there; `uninstallProxy`
 * (uninstall.ts) leaves nothing of it. Neither throws for what is wrong with one node: that is its outcome.
 */
export type InstallProxy = (options: InstallOptions) => Promise<NodeOutcome[]>;

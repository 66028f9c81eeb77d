import type { RunResult } from '../exec.ts';
import type { Client } from '../kube/client.ts';
import type { Credentials } from '../kube/credentials.ts';
import type { ClusterPaths } from '../paths.ts';
import type { Components } from './components.ts';

/** `sandbox`: namespaces on this machine; `vagrant`: virtual machines with real Kubernetes; `kubeconfig`: anybody's cluster. */
export type Backend = 'sandbox' | 'vagrant' | 'kubeconfig';

/** What a learner can do with a cluster: use the API, open a shell on a node or in a pod. */
export interface Cluster {
  readonly name: string;
  readonly backend: Backend;
  /** How many times longer things take than in a sandbox, at worst. */
  readonly pace: number;
  /** File name of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly credentials: Credentials;
  readonly nodes: readonly ClusterNode[];
  readonly paths: ClusterPaths;
  /** The sandbox's own processes, for tests that break something. */
  readonly components: Components;
  /** The same client each time; closed by `close`. */
  client(): Client;
  /** Runs a command as root on a node. Resolves whatever its exit code is; throws when it could not run or took too long. */
  runOnNode(node: string, argv: readonly string[], options?: CommandOptions): Promise<RunResult>;
  /** Runs a command in a container through the API, as `kubectl exec` does. Resolves whatever its exit code is. */
  runInPod(target: PodTarget, argv: readonly string[], options?: CommandOptions): Promise<RunResult>;
  /** The program and arguments that open a terminal or run a command on a node, for a caller who wires its own streams. */
  nodeCommand(node: string, argv: readonly string[]): readonly [string, ...string[]];
  close(): void;
}

export interface ClusterNode {
  readonly name: string;
  readonly address: string;
}

export interface PodTarget {
  namespace: string;
  pod: string;
  /** Default: the pod's first container. */
  container?: string | undefined;
}

export interface CommandOptions {
  /** Text for its standard input. */
  input?: string | undefined;
  /** Default 30 s. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

import type { Client } from '../lib/kube/client.ts';
import type { KubeObject } from '../lib/kube/types.ts';
import type { Step } from './step.ts';

/** A lab of the course: a folder `labs/NN-topic/`, with its checks in teaching order. */
export interface LabDefinition {
  /** The folder's name, `01-pods`. */
  id: string;
  title: string;
  /** Makes what the lab's checks begin with, in the lab's own namespace. */
  setUp?: (lab: Lab) => Promise<void>;
  checks: readonly Check[];
  /** What a learner does, in teaching order. */
  steps?: readonly Step[];
}

/** One statement of the documents, proved. Runs as one mocha test; speaks by chai's assertions or a CheckFailure. */
export interface Check {
  /** Ids of claims, `L-05`. */
  claims: readonly string[];
  /** The behaviour that it proves, as a sentence. */
  title: string;
  /** Where a learner looks when it fails: a command or a place, never the answer. */
  look: string;
  /** Longest time it may take, in milliseconds. Default 30 s. */
  timeoutMs?: number;
  /** It disturbs, or is disturbed by, what other labs do, so it runs alone. */
  alone?: boolean;
  run: (lab: Lab) => Promise<void>;
}

/** All that a check sees: the API, a shell in a pod, a shell on a node. What a learner could see, and no more. */
export interface Lab {
  client: Client;
  /** The lab's own namespace; gone after it. */
  namespace: string;
  /** Ends everything that waits: Ctrl-C, or the check's time is up. */
  signal: AbortSignal;
  cluster: ClusterFacts;
  /** How many times longer everything may take than in a sandbox. Default 1. */
  pace?: number | undefined;
  inPod: (pod: string, argv: readonly string[], options?: ShellOptions) => Promise<ShellResult>;
  onNode: (node: string, argv: readonly string[], options?: ShellOptions) => Promise<ShellResult>;
  /** The machine's kubectl, with the cluster's kubeconfig. Undefined where there is none. */
  kubectl?: ((args: readonly string[]) => Promise<ShellResult>) | undefined;
  /** The objects of a file of manifests/, by its name without `.yaml`. */
  manifest: (name: string) => Promise<KubeObject[]>;
  /** One more namespace, named after the lab's and gone with it. */
  anotherNamespace: (suffix: string) => Promise<string>;
  /** Notes what was seen, for the result's column. The last word counts. */
  seen: (text: string) => void;
}

/** What a learner is told about the cluster. */
export interface ClusterFacts {
  serviceCidr: string;
  /** First and last node port. */
  nodePorts: readonly [number, number];
  domain: string;
}

export interface ShellOptions {
  /** Namespace of the pod. Default: the lab's. */
  namespace?: string;
  timeoutMs?: number;
}

export interface ShellResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

import type { ProcessId } from '../runtime/process-id.ts';

/** What the node agent remembers of a pod on disk, so that its successor finds the pod again. */
export interface PodRecord {
  uid: string;
  namespace: string;
  name: string;
  hostNetwork: boolean;
  /** When this node first saw the pod, RFC 3339. */
  startTime: string;
  /** The process that holds the pod's namespaces. */
  holder?: ProcessId;
  address?: string;
  containers: Record<string, ContainerRecord>;
}

export interface ContainerRecord {
  name: string;
  /** Names this run of the container; a new one for each start. */
  id: string;
  image: string;
  imageId: string;
  restartCount: number;
  startedAt: string;
  /** The container's first process as this node sees it; gone when `exit` is set. */
  process?: ProcessId;
  exit?: ContainerExit;
  /** How the run before this one ended. */
  last?: ContainerExit;
  tty: boolean;
  env: Record<string, string>;
  workdir: string;
  privileges: string[];
}

export interface ContainerExit {
  id: string;
  exitCode: number;
  reason: string;
  message?: string;
  startedAt: string;
  finishedAt: string;
}

import type { Client } from '../../../lib/kube/client.ts';
import type { V1Service, Wire } from '../../../lib/kube/types.ts';
import type { Log } from '../../../lib/log.ts';
import type { EventRecorder } from '../events.ts';
import type { ImageStore } from '../images/store.ts';
import type { ContainerProbes } from '../probes/prober.ts';
import type { AddressPool } from '../runtime/addresses.ts';
import type { LiveContainer } from '../runtime/container.ts';
import { replaceFile } from '../runtime/replace-file.ts';
import type { BackOff } from './back-off.ts';
import type { NodePaths, PodPaths } from './paths.ts';
import type { Pod } from './pod.ts';
import type { PodRecord } from './record.ts';
import type { DnsSettings } from './resolv-conf.ts';

/** What all pods of the node share. */
export interface NodeContext {
  nodeName: string;
  nodeAddress: string;
  client: Client;
  events: EventRecorder;
  images: ImageStore;
  paths: NodePaths;
  dns: DnsSettings;
  services(): readonly Wire<V1Service>[];
  /** The pool of pod addresses, once the node has a podCIDR. */
  addresses(): AddressPool | undefined;
  log: Log;
  signal: AbortSignal;
}

/** Why a container does not run yet, as in its status. */
export interface Waiting {
  reason: string;
  message?: string;
}

/** One pod of this node, with its processes. Its worker alone changes it. */
export interface PodUnit {
  readonly node: NodeContext;
  readonly paths: PodPaths;
  readonly record: PodRecord;
  readonly backOff: BackOff;
  readonly log: Log;
  /** The newest the API server told about it. */
  pod: Pod;
  /** It is gone from the API: end it without more ado. */
  gone: boolean;
  readonly live: Map<string, LiveContainer>;
  readonly probes: Map<string, ContainerProbes>;
  readonly waiting: Map<string, Waiting>;
  /** Containers that are being ended, with the reason to tell. */
  readonly ending: Map<string, Promise<void>>;
  prepared: boolean;
  /** Asks for the worker to look at the pod again, after `ms` if given. */
  request(ms?: number): void;
}

/** Writes the pod's record to disk. A full disk costs no pod: only the next agent would know less. */
export function saveRecord(unit: PodUnit): void {
  try {
    replaceFile(unit.paths.state, JSON.stringify(unit.record));
  } catch (error) {
    unit.log.warn('record not saved', { error });
  }
}

/** Records an event about the pod, or about one of its containers. */
export function podEvent(
  unit: PodUnit,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  container?: string,
): void {
  const { name = '', namespace, uid, resourceVersion } = unit.pod.metadata ?? {};
  const isInit = unit.pod.spec?.initContainers?.some((init) => init.name === container);
  const fieldPath = container && `spec.${isInit ? 'initContainers' : 'containers'}{${container}}`;
  unit.node.events.record(
    { kind: 'Pod', apiVersion: 'v1', name, namespace, uid, resourceVersion, ...(fieldPath && { fieldPath }) },
    type,
    reason,
    message,
  );
}

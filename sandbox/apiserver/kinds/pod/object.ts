import type { V1Pod, Wire } from '../../../../lib/kube/types.ts';
import type { StoredObject } from '../kind.ts';

type WirePod = Wire<V1Pod>;

export type PodSpec = NonNullable<WirePod['spec']>;
export type PodStatus = NonNullable<WirePod['status']>;
export type Container = PodSpec['containers'][number];
export type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number];
export type ContainerPort = NonNullable<Container['ports']>[number];
export type EnvVar = NonNullable<Container['env']>[number];
export type Probe = NonNullable<Container['livenessProbe']>;
export type Handler = NonNullable<NonNullable<Container['lifecycle']>['preStop']>;
export type Resources = NonNullable<Container['resources']>;
export type Toleration = NonNullable<PodSpec['tolerations']>[number];
export type Volume = NonNullable<PodSpec['volumes']>[number];

export interface PodObject extends StoredObject {
  spec: PodSpec;
  status: PodStatus;
}

/** The template inside a Deployment or ReplicaSet. */
export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: PodSpec;
}

/** True when no container of the pod will ever run again. */
export function isFinished({ phase }: PodStatus): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** An init container that keeps running beside the others ("sidecar"). */
export function isSidecar(container: Container | undefined): boolean {
  return container?.restartPolicy === 'Always';
}

import type { Deployment, Node, Pod, ReplicaSet, Service } from '../../../sandbox/controllers/objects.ts';

let counter = 0;

/** An RFC 3339 time, `seconds` after a fixed moment. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** The moment that `at(seconds)` names, in milliseconds since 1970. */
export function ms(seconds: number): number {
  return Date.UTC(2026, 0, 1) + seconds * 1000;
}

export interface PodShape {
  name?: string;
  labels?: Record<string, string>;
  node?: string;
  ip?: string;
  ready?: boolean;
  readyAt?: number;
  createdAt?: number;
  deleting?: boolean;
  phase?: string;
  spec?: Partial<NonNullable<Pod['spec']>>;
  metadata?: Pod['metadata'];
}

/** A pod of namespace `default`; ready unless told otherwise. */
export function pod(shape: PodShape = {}): Pod {
  const name = shape.name ?? `pod-${++counter}`;
  const time = at(shape.createdAt ?? 0);
  return {
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      labels: shape.labels ?? { app: 'web' },
      creationTimestamp: time,
      ...(shape.deleting && { deletionTimestamp: at(100) }),
      ...shape.metadata,
    },
    spec: { containers: [{ name: 'main' }], ...(shape.node && { nodeName: shape.node }), ...shape.spec },
    status: {
      phase: shape.phase ?? 'Running',
      ...(shape.ip && { podIP: shape.ip, podIPs: [{ ip: shape.ip }] }),
      conditions: [
        {
          type: 'Ready',
          status: shape.ready === false ? 'False' : 'True',
          lastTransitionTime: at(shape.readyAt ?? shape.createdAt ?? 0),
        },
      ],
    },
  };
}

export function service(spec: Service['spec'] = {}, metadata: Service['metadata'] = {}): Service {
  return {
    metadata: { name: 'web', namespace: 'default', uid: 'uid-web', creationTimestamp: at(0), ...metadata },
    spec: {
      type: 'ClusterIP',
      clusterIP: '172.17.0.5',
      ipFamilies: ['IPv4'],
      selector: { app: 'web' },
      ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
      ...spec,
    },
  };
}

export function node(
  name: string,
  shape: { spec?: Node['spec']; labels?: Record<string, string> } = {},
): Node {
  return {
    metadata: { name, uid: `uid-${name}`, ...(shape.labels && { labels: shape.labels }) },
    ...(shape.spec && { spec: shape.spec }),
    status: { conditions: [{ type: 'Ready', status: 'True' }], allocatable: { pods: '110' } },
  };
}

export function deployment(spec: Partial<NonNullable<Deployment['spec']>> = {}): Deployment {
  return {
    metadata: { name: 'web', namespace: 'default', uid: 'uid-deployment', generation: 1 },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: template('web:1'),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
    },
  };
}

export function template(image: string): NonNullable<Deployment['spec']>['template'] {
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }] } };
}

/** The ReplicaSet with a status as its controller would write it once `available` of its pods are available. */
export function settled(replicaSet: ReplicaSet, available = replicaSet.spec?.replicas ?? 0): ReplicaSet {
  const replicas = replicaSet.spec?.replicas ?? 0;
  return {
    ...replicaSet,
    metadata: { generation: 1, uid: `uid-${replicaSet.metadata?.name}`, ...replicaSet.metadata },
    status: { replicas, readyReplicas: available, availableReplicas: available, observedGeneration: 1 },
  };
}

import type { KubeObject } from '../../../lib/kube/types.ts';
import { nodeRecord, serviceRecord, sliceRecord } from '../../../proxy/model/from-kube.ts';
import type { Store } from '../../../proxy/model/store.ts';
import { node, service, slice } from '../objects.ts';
import type { ClusterEvent, Plural, ServiceChoice, SliceChoice } from './events.ts';

/** The cluster as it is, and what the proxy has not heard of yet: both streams come in order, each at its own time. */
export interface Cluster {
  readonly services: ReadonlyMap<string, ServiceChoice>;
  readonly slices: ReadonlyMap<string, SliceChoice>;
  readonly zone: string;
  happen(event: ClusterEvent): void;
  /** Lets the proxy hear of everything. */
  hearAll(): void;
}

export function createCluster(store: Store): Cluster {
  const services = new Map<string, ServiceChoice>();
  const slices = new Map<string, SliceChoice>();
  const unheard: Record<Plural, (() => void)[]> = { services: [], slices: [] };
  const setNode = (zone: string) =>
    store.setNode(nodeRecord(node({ name: 'n1', addresses: ['192.168.56.11'], zone }) as never));
  setNode('z1');

  /** As the API server tells it: a Service that gets one of the labels is gone for this watch. */
  function tell(plural: Plural, name: string): () => void {
    const key = `default/${name}`;
    if (plural === 'slices') {
      const now = slices.get(name);
      return () => store.setSlice(key, now && sliceRecord(sliceOf(name, now) as never));
    }
    const now = services.get(name);
    const record = now && now.label === '' ? serviceRecord(serviceOf(name, now)) : undefined;
    return () => store.setService(key, record);
  }

  function hear(plural: Plural, count: number): void {
    for (const news of unheard[plural].splice(0, count)) news();
  }

  function relist(plural: Plural): void {
    unheard[plural] = [];
    if (plural === 'slices') {
      const all = [...slices].map(([name, one]) => [name, sliceRecord(sliceOf(name, one) as never)] as const);
      store.replaceSlices(new Map(all.flatMap(([name, one]) => (one ? [[`default/${name}`, one]] : []))));
    } else {
      const seen = [...services].filter(([, { label }]) => label === '');
      const all = seen.map(([name, one]) => [name, serviceRecord(serviceOf(name, one))] as const);
      store.replaceServices(new Map(all.flatMap(([name, one]) => (one ? [[`default/${name}`, one]] : []))));
    }
  }

  const cluster = {
    services,
    slices,
    zone: 'z1',
    happen(event: ClusterEvent) {
      switch (event.kind) {
        case 'service':
          services.set(event.name, event.service);
          return void unheard.services.push(tell('services', event.name));
        case 'slice':
          slices.set(event.name, event.slice);
          return void unheard.slices.push(tell('slices', event.name));
        case 'delete':
          (event.plural === 'services' ? services : slices).delete(event.name);
          return void unheard[event.plural].push(tell(event.plural, event.name));
        case 'again':
          return void unheard[event.plural].push(tell(event.plural, event.name));
        case 'node':
          cluster.zone = event.zone;
          return setNode(event.zone);
        case 'hear':
          return hear(event.plural, event.count);
        case 'relist':
          return relist(event.plural);
        case 'failure':
      }
    },
    hearAll() {
      hear('services', Number.POSITIVE_INFINITY);
      hear('slices', Number.POSITIVE_INFINITY);
    },
  };
  return cluster;
}

/** The addresses that a Service of this name has. */
export function addressesOf(name: string): {
  clusterIP: string;
  vip: string;
  nodePort(port: number): number;
} {
  const n = 'abcd'.indexOf(name);
  return {
    clusterIP: `172.17.0.${n + 1}`,
    vip: `192.168.56.24${n}`,
    nodePort: (port) => 30_000 + port + 100 * n,
  };
}

function serviceOf(name: string, one: ServiceChoice): KubeObject & Record<string, unknown> {
  const { clusterIP, vip, nodePort } = addressesOf(name);
  const hasNodePorts = one.type === 'NodePort' || one.type === 'LoadBalancer';
  return service({
    name,
    type: one.type,
    clusterIP,
    ports: one.ports.map((port) => ({
      ...{ name: `p${port}`, port, protocol: one.protocol },
      ...(hasNodePorts && { nodePort: nodePort(port) }),
    })),
    ...(one.externalIP !== '' && { externalIPs: [one.externalIP] }),
    ...(one.type === 'LoadBalancer' && { ingress: [{ ip: vip }] }),
    spec: {
      externalTrafficPolicy: one.external,
      internalTrafficPolicy: one.internal,
      loadBalancerSourceRanges: one.ranges,
      ...(one.sticky > 0 && {
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: one.sticky } },
      }),
    },
  });
}

function sliceOf(name: string, { of, port, endpoints }: SliceChoice): KubeObject {
  const ports = (['TCP', 'UDP'] as const).flatMap((protocol) =>
    [80, 81, 82].map((number) => ({ name: `p${number}`, port: port + number, protocol })),
  );
  return slice({
    name,
    service: of,
    ports,
    endpoints: endpoints.map(({ ip, node: where, state, zone, hintNode }) => ({
      ip,
      ready: state === 'ready',
      serving: state === 'ready' || state === 'terminating',
      terminating: state === 'terminating' || state === 'gone',
      ...(where !== undefined && { node: where }),
      ...(zone !== undefined && { zones: [zone] }),
      ...(hintNode !== undefined && { nodes: [hintNode] }),
    })),
  });
}

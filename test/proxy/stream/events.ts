import fc from 'fast-check';

/** One thing that may happen to the cluster, or to the way the proxy hears of it. Few names, so that they meet often. */
export type ClusterEvent =
  | { readonly kind: 'service'; readonly name: string; readonly service: ServiceChoice }
  | { readonly kind: 'slice'; readonly name: string; readonly slice: SliceChoice }
  | { readonly kind: 'delete'; readonly plural: Plural; readonly name: string }
  | { readonly kind: 'node'; readonly zone: string }
  | { readonly kind: 'hear'; readonly plural: Plural; readonly count: number }
  | { readonly kind: 'again'; readonly plural: Plural; readonly name: string }
  | { readonly kind: 'relist'; readonly plural: Plural }
  | { readonly kind: 'failure' };

export type Plural = 'services' | 'slices';

export interface ServiceChoice {
  readonly ports: readonly number[];
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  readonly external: 'Cluster' | 'Local';
  readonly internal: 'Cluster' | 'Local';
  readonly sticky: number;
  readonly externalIP: string;
  readonly ranges: readonly string[];
  readonly protocol: 'TCP' | 'UDP';
  readonly label: '' | 'headless' | 'service-proxy-name';
}

export interface SliceChoice {
  readonly of: string;
  readonly port: number;
  readonly endpoints: readonly EndpointChoice[];
}

export interface EndpointChoice {
  readonly ip: string;
  readonly node: string | undefined;
  readonly state: 'ready' | 'terminating' | 'gone' | 'notReady';
  readonly zone: string | undefined;
  readonly hintNode: string | undefined;
}

export const serviceNames = ['a', 'b', 'c', 'd'] as const;
export const portNumbers = [80, 81, 82] as const;
export const externalIPs = ['10.9.9.1', '10.9.9.2'] as const;
const sliceNames = ['s1', 's2', 's3', 's4', 's5'] as const;

const plural = fc.constantFrom<Plural>('services', 'slices');
const names = { services: fc.constantFrom(...serviceNames), slices: fc.constantFrom(...sliceNames) };
const named = plural.chain((one) => fc.record({ plural: fc.constant(one), name: names[one] }));

const service = fc.record<ServiceChoice>({
  ports: fc.subarray([...portNumbers]),
  type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
  external: fc.constantFrom('Cluster', 'Local'),
  internal: fc.constantFrom('Cluster', 'Cluster', 'Local'),
  sticky: fc.constantFrom(0, 0, 10, 10_800),
  externalIP: fc.constantFrom('', '', ...externalIPs),
  ranges: fc.constantFrom<string[]>([], [], ['203.0.113.0/24'], ['172.16.0.0/16', '198.51.100.7/32']),
  protocol: fc.constantFrom('TCP', 'UDP'),
  label: fc.constantFrom('', '', '', '', '', 'headless', 'service-proxy-name'),
});

const endpoint = fc.record<EndpointChoice>({
  ip: fc.integer({ min: 1, max: 6 }).map((n) => `172.16.${1 + (n % 2)}.${n}`),
  node: fc.constantFrom('n1', 'n2', undefined),
  state: fc.constantFrom('ready', 'ready', 'ready', 'terminating', 'gone', 'notReady'),
  zone: fc.constantFrom('z1', 'z1', 'z2', undefined),
  hintNode: fc.constantFrom(undefined, 'n1', 'n2'),
});

const slice = fc.record<SliceChoice>({
  of: fc.constantFrom(...serviceNames, 'nobody'),
  port: fc.constantFrom(8080, 9090),
  endpoints: fc.uniqueArray(endpoint, { maxLength: 6, selector: ({ ip }) => ip }),
});

const one: fc.Arbitrary<ClusterEvent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('service' as const), name: names.services, service }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('slice' as const), name: names.slices, slice }) },
  { weight: 2, arbitrary: named.map((what) => ({ kind: 'delete' as const, ...what })) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('node' as const), zone: fc.constantFrom('z1', 'z2', '') }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('hear' as const),
      plural,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: named.map((what) => ({ kind: 'again' as const, ...what })) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('relist' as const), plural }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'failure' as const }) },
);

/** So many events, in turns of a few. */
export function streamOf(events: number): fc.Arbitrary<readonly (readonly ClusterEvent[])[]> {
  const turn = fc.array(one, { minLength: perTurn, maxLength: perTurn });
  const turns = Math.ceil(events / perTurn);
  return fc.array(turn, { minLength: turns, maxLength: turns });
}

const perTurn = 3;

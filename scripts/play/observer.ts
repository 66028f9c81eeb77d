import type { Words } from '../../labs/course/words.ts';
import type { Client } from '../../lib/kube/client.ts';
import { inform } from '../../lib/kube/informer.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1EndpointSlice, V1Pod, V1Service, Wire } from '../../lib/kube/types.ts';
import { silentLog } from '../../lib/log.ts';
import type { Connection } from './connections.ts';
import type { Picture, PictureService } from './picture.ts';

/** Follows a namespace: its Services, their endpoints, and who got the connections. */
export interface Observer {
  see(): Omit<Picture, 'check'>;
  /** Enters a connection; false when no pod of the namespace got it. */
  answered(connection: Connection): boolean;
}

type Slice = Wire<V1EndpointSlice>;
type Pod = Wire<V1Pod>;

const keptAnswers = 30;
const keptNews = 20;

/** Follows the namespace until the signal. */
export function createObserver(
  client: Client,
  namespace: string,
  words: Words,
  signal: AbortSignal,
): Observer {
  const answers: string[] = [];
  const news: string[] = [];
  const counts = new Map<string, number>();
  const common = { client, namespace, log: silentLog, signal };
  const services = inform<Wire<V1Service>>({ ...common, resource: resources.services });
  const pods = inform<Pod>({ ...common, resource: resources.pods });
  const slices = inform<Slice>({
    ...common,
    resource: resources.endpointSlices,
    onChange: (_key, now, before) => {
      const time = new Date().toTimeString().slice(0, 8);
      for (const line of changeOf(before, now, words)) news.push(`${time} ${line}`);
      news.splice(0, news.length - keptNews);
    },
  });
  for (const { synced } of [services, pods, slices]) {
    // Rejected when the signal comes first, which is no news.
    synced.catch(() => {});
  }

  function podAt(address: string): string | undefined {
    return pods.list().find(({ status }) => status?.podIP === address)?.metadata?.name;
  }

  return {
    see: () => ({
      answered: answers.map(shortName),
      news,
      services: services.list().map((service) => pictureOf(service, slices.list(), counts)),
    }),
    answered({ asked, answeredBy }) {
      const pod = podAt(answeredBy);
      if (pod === undefined) return false;
      answers.push(pod);
      answers.splice(0, answers.length - keptAnswers);
      const key = `${asked} ${answeredBy}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return true;
    },
  };
}

function pictureOf(
  { metadata, spec }: Wire<V1Service>,
  slices: readonly Slice[],
  counts: ReadonlyMap<string, number>,
): PictureService {
  const name = metadata?.name ?? '';
  const ports = (spec?.ports ?? []).map(({ port }) => port).join(',');
  const address = spec?.clusterIP ?? spec?.externalName ?? '';
  const endpoints = slices
    .filter((slice) => slice.metadata?.labels?.['kubernetes.io/service-name'] === name)
    .flatMap((slice) => slice.endpoints ?? [])
    .map(({ addresses, conditions, targetRef }) => ({
      pod: shortName(targetRef?.name ?? addresses[0] ?? ''),
      ready: conditions?.ready !== false,
      connections: counts.get(`${address} ${addresses[0]}`) ?? 0,
    }));
  return { name, address: ports === '' ? address : `${address}:${ports}`, endpoints };
}

/** `+ f47nw joins web`, `- f47nw leaves web`, for a slice that changed. */
function changeOf(before: Slice | undefined, now: Slice | undefined, { joins, leaves }: Words): string[] {
  const service = (now ?? before)?.metadata?.labels?.['kubernetes.io/service-name'] ?? '';
  const old = readyIn(before);
  const fresh = readyIn(now);
  return [
    ...fresh.filter((pod) => !old.includes(pod)).map((pod) => `+ ${shortName(pod)} ${joins} ${service}`),
    ...old.filter((pod) => !fresh.includes(pod)).map((pod) => `- ${shortName(pod)} ${leaves} ${service}`),
  ];
}

function readyIn(slice: Slice | undefined): string[] {
  return (slice?.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .map(({ targetRef, addresses }) => targetRef?.name ?? addresses[0] ?? '');
}

/** Pods of a Deployment differ in their last five letters. */
function shortName(pod: string): string {
  return /-[a-z0-9]{5}$/.test(pod) ? pod.slice(-5) : pod;
}

import type { Client } from '../../lib/kube/client.ts';
import { inform, keyOf } from '../../lib/kube/informer.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1Namespace, Wire } from '../../lib/kube/types.ts';
import type { Log } from '../../lib/log.ts';
import type { Zone } from './resolve.ts';
import { type EndpointSlice, type Service, serviceRecords } from './synthesis.ts';
import { createZoneIndex } from './zone-index.ts';

export interface ZoneFeed {
  zone: Zone;
  isReady(): boolean;
  /** Resolves when Services, slices and namespaces have been read. */
  synced: Promise<void>;
  /** Resolves after the signal. */
  done: Promise<void>;
}

const serviceNameLabel = 'kubernetes.io/service-name';

/** Keeps the records of a cluster up to date from the API. */
export function feedZone(options: {
  client: Client;
  domain: string;
  log: Log;
  signal: AbortSignal;
}): ZoneFeed {
  const index = createZoneIndex();
  const slicesOf = new Map<string, Map<string, EndpointSlice>>();
  let serial = Math.floor(Date.now() / 1000);
  let ready = false;

  const services = inform<Service>({ ...options, resource: resources.services, onChange: refresh });
  const slices = inform<EndpointSlice>({
    ...options,
    resource: resources.endpointSlices,
    onChange(key, now, before) {
      for (const owner of new Set([ownerOf(before), ownerOf(now)])) {
        if (owner === undefined) continue;
        remember(owner, key, owner === ownerOf(now) ? now : undefined);
        refresh(owner);
      }
    },
  });
  const namespaces = inform<Wire<V1Namespace>>({ ...options, resource: resources.namespaces });

  function remember(owner: string, key: string, slice: EndpointSlice | undefined): void {
    const known = slicesOf.get(owner) ?? new Map<string, EndpointSlice>();
    if (slice) known.set(key, slice);
    else known.delete(key);
    if (known.size > 0) slicesOf.set(owner, known);
    else slicesOf.delete(owner);
  }

  function refresh(key: string): void {
    const service = services.get(key);
    const known = [...(slicesOf.get(key)?.values() ?? [])];
    index.replace(key, service ? serviceRecords(service, known, options.domain) : []);
    serial++;
  }

  const all = [services, slices, namespaces];
  const synced = Promise.all(all.map((informer) => informer.synced)).then(() => {
    for (const service of services.list()) refresh(keyOf(service));
    ready = true;
  });
  synced.catch(() => {});
  return {
    zone: {
      domain: options.domain,
      index,
      hasNamespace: (name) => namespaces.get(name) !== undefined,
      serial: () => serial,
    },
    isReady: () => ready,
    synced,
    done: Promise.all(all.map((informer) => informer.done)).then(() => {}),
  };
}

function ownerOf(slice: EndpointSlice | undefined): string | undefined {
  const name = slice?.metadata?.labels?.[serviceNameLabel];
  return name ? `${slice?.metadata?.namespace}/${name}` : undefined;
}

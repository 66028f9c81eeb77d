import type { Client } from '../lib/kube/client.ts';
import { reflect } from '../lib/kube/reflector.ts';
import type { Resource } from '../lib/kube/resources.ts';
import type { KubeObject } from '../lib/kube/types.ts';
import type { Log } from '../lib/log.ts';

interface ServiceCidr extends KubeObject {
  readonly spec?: { readonly cidrs?: readonly string[] };
}

/** The cluster's networks for cluster IPs by the API (Kubernetes 1.33 on), or undefined where it does not have them, or not for us. */
export async function readServiceCidrs(client: Client): Promise<readonly string[] | undefined> {
  try {
    const { items } = await client.list<ServiceCidr>(serviceCidrs);
    return sorted(items.map(({ spec }) => spec?.cidrs ?? []));
  } catch {
    return undefined;
  }
}

/** The same for a process that goes on: the networks as they are, and their changes. */
export interface ServiceCidrs {
  readonly current: readonly string[];
  /** Calls `onChange` whenever `current` has become another. Resolves when the signal ends it. */
  follow(onChange: () => void): Promise<void>;
}

/** Reads the networks as they are; `follow` goes on from there, until `signal`. None where the API does not have them. */
export async function createServiceCidrs(parts: {
  client: Client;
  log: Log;
  signal: AbortSignal;
}): Promise<ServiceCidrs> {
  const first = await readServiceCidrs(parts.client);
  const byName = new Map<string, readonly string[]>();
  let current = first ?? [];
  const look = (onChange: () => void) => {
    const now = sorted(byName.values());
    if (now.join() === current.join()) return;
    current = now;
    parts.log.info('the networks of cluster IPs have changed', { cidrs: now });
    onChange();
  };
  return {
    get current() {
      return current;
    },
    async follow(onChange) {
      if (!first) return;
      const { done } = reflect<ServiceCidr, { name: string; cidrs: readonly string[] }>({
        ...parts,
        resource: serviceCidrs,
        project: ({ metadata, spec }) => ({ name: metadata?.name ?? '', cidrs: spec?.cidrs ?? [] }),
        onList(items) {
          byName.clear();
          for (const { name, cidrs } of items) byName.set(name, cidrs);
          look(onChange);
        },
        onEvent(type, { name, cidrs }) {
          if (type === 'DELETED') byName.delete(name);
          else byName.set(name, cidrs);
          look(onChange);
        },
      });
      await done;
    },
  };
}

function sorted(lists: Iterable<readonly string[]>): readonly string[] {
  return [...new Set([...lists].flat())].sort();
}

const serviceCidrs: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'servicecidrs',
  kind: 'ServiceCIDR',
  namespaced: false,
};

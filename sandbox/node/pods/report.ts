import { isConflict, isNotFound } from '../../../lib/kube/api-error.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { isAlive } from '../runtime/process-id.ts';
import type { ContainerFacts } from './container-status.ts';
import { allContainers, type Pod, type PodStatus } from './pod.ts';
import { podStatus } from './pod-status.ts';
import type { PodUnit } from './unit.ts';

/** Writes the pod's status if it differs from what the API server has. Throws ApiError, except when the pod is gone. */
export async function reportStatus(unit: PodUnit): Promise<void> {
  const status = statusNow(unit);
  if (sameStatus(unit.pod.status, status)) return;
  const { namespace, name = '', uid, resourceVersion } = unit.pod.metadata ?? {};
  // Others write conditions only for readiness gates: then, and only then, theirs must not be overwritten.
  const guard = unit.pod.spec?.readinessGates?.length ? { resourceVersion } : {};
  const patch = { metadata: { uid, ...guard }, status };
  try {
    const written = await unit.node.client.patch<Pod>(resources.pods, { namespace, name }, patch, {
      type: 'merge',
      subresource: 'status',
    });
    adopt(unit, written);
  } catch (error) {
    if (isNotFound(error)) return;
    if (isConflict(error)) {
      const fresh = await unit.node.client
        .get<Pod>(resources.pods, { namespace, name })
        .catch(() => undefined);
      if (fresh?.metadata?.uid !== uid) return;
      adopt(unit, fresh as Pod);
      unit.request(20);
      return;
    }
    throw error;
  }
}

/** Takes the pod's object out of the API for good, unless another of its name has taken its place. */
export async function deletePod(unit: PodUnit): Promise<void> {
  const { namespace, name = '', uid } = unit.pod.metadata ?? {};
  try {
    await unit.node.client.delete(
      resources.pods,
      { namespace, name },
      { gracePeriodSeconds: 0, ...(uid && { uid }) },
    );
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

function adopt(unit: PodUnit, written: Pod): void {
  const newer = Number(written.metadata?.resourceVersion) >= Number(unit.pod.metadata?.resourceVersion);
  if (newer) unit.pod = written;
}

function statusNow(unit: PodUnit): PodStatus {
  const { record } = unit;
  const containers = new Map<string, ContainerFacts>();
  for (const { name } of allContainers(unit.pod)) {
    const probes = unit.probes.get(name);
    containers.set(name, {
      record: record.containers[name],
      waiting: unit.waiting.get(name),
      started: probes?.started ?? false,
      ready: probes?.ready ?? false,
    });
  }
  return podStatus(unit.pod, {
    address: record.address,
    nodeAddress: unit.node.nodeAddress,
    startTime: record.startTime,
    sandboxReady: record.holder !== undefined && isAlive(record.holder),
    containers,
    now: new Date().toISOString(),
  });
}

/** Equal apart from the order of keys and from fields that this node does not write. */
function sameStatus(before: PodStatus | undefined, now: PodStatus): boolean {
  const old = (before ?? {}) as Record<string, unknown>;
  return Object.entries(now).every(([key, value]) => canonical(old[key]) === canonical(value));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

import { messageOf } from '../../../lib/errors.ts';
import { isNotFound } from '../../../lib/kube/api-error.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { parseImage } from '../images/reference.ts';
import type { PreparedImage } from '../images/store.ts';
import type { Container } from './pod.ts';
import { type PodUnit, podEvent } from './unit.ts';

/**
 * The image of a container, with the kubelet's events; undefined when it cannot be had: then the container's waiting reason
 * is set, and the pod's worker comes back when the back-off is over.
 */
export async function pullImage(unit: PodUnit, container: Container): Promise<PreparedImage | undefined> {
  const name = container.image ?? '';
  const key = `image/${container.name}/${name}`;
  const since = pullFailures.get(unit)?.get(key);
  const wait = since === undefined ? 0 : unit.backOff.remaining(key, since);
  if (wait > 0) {
    const shownMs = Date.now() - (since ?? 0);
    if (shownMs < shortestShowMs) {
      unit.request(shortestShowMs - shownMs);
      return undefined;
    }
    if (unit.waiting.get(container.name)?.reason !== 'ImagePullBackOff') {
      const message = `Back-off pulling image "${name}"`;
      podEvent(unit, 'Normal', 'BackOff', message, container.name);
      podEvent(unit, 'Warning', 'Failed', 'Error: ImagePullBackOff', container.name);
      unit.waiting.set(container.name, { reason: 'ImagePullBackOff', message });
    }
    unit.request(wait);
    return undefined;
  }
  if (!parseImage(name)) return invalidName(unit, container, name);
  if (unit.node.images.has(name) && pullPolicy(container) === 'IfNotPresent') {
    const text = `Container image "${name}" already present on machine`;
    podEvent(unit, 'Normal', 'Pulled', text, container.name);
    return unit.node.images.pull(name);
  }
  podEvent(unit, 'Normal', 'Pulling', `Pulling image "${name}"`, container.name);
  const begun = performance.now();
  const pulled = await attempt(unit, name);
  if (typeof pulled === 'string') return failed(unit, container, key, pulled);
  const time = `${Math.max(1, Math.round(performance.now() - begun))}ms`;
  const text = `Successfully pulled image "${name}" in ${time} (${time} including waiting). Image size: ${pulled.sizeBytes} bytes.`;
  podEvent(unit, 'Normal', 'Pulled', text, container.name);
  return pulled;
}

/** ErrImagePull stays visible for so long before it becomes ImagePullBackOff, as with the kubelet's own period. */
const shortestShowMs = 1000;

/** When each image could not be had the last time, epoch milliseconds. */
const pullFailures = new WeakMap<PodUnit, Map<string, number>>();

function pullPolicy(container: Container): string {
  return container.imagePullPolicy ?? 'IfNotPresent';
}

async function attempt(unit: PodUnit, name: string): Promise<PreparedImage | string> {
  try {
    const image = await unit.node.images.pull(name);
    if (image) return image;
    return `failed to resolve reference "${fullName(name)}": not found: the sandbox has images of its own only (sandbox/images)`;
  } catch (error) {
    return messageOf(error);
  }
}

function fullName(name: string): string {
  const reference = parseImage(name);
  return reference ? `${reference.repository}:${reference.tag}` : name;
}

function failed(unit: PodUnit, container: Container, key: string, why: string): undefined {
  const message = `Failed to pull image "${container.image}": ${why}`;
  podEvent(unit, 'Warning', 'Failed', message, container.name);
  podEvent(unit, 'Warning', 'Failed', 'Error: ErrImagePull', container.name);
  unit.waiting.set(container.name, { reason: 'ErrImagePull', message: why });
  const failures = pullFailures.get(unit) ?? new Map<string, number>();
  pullFailures.set(unit, failures.set(key, Date.now()));
  unit.backOff.next(key);
  unit.request(shortestShowMs);
  return undefined;
}

function invalidName(unit: PodUnit, container: Container, name: string): undefined {
  const message = `Failed to apply default image tag "${name}": couldn't parse image name "${name}": invalid reference format`;
  if (unit.waiting.get(container.name)?.reason !== 'InvalidImageName') {
    podEvent(unit, 'Warning', 'InspectFailed', message, container.name);
    podEvent(unit, 'Warning', 'Failed', 'Error: InvalidImageName', container.name);
  }
  unit.waiting.set(container.name, { reason: 'InvalidImageName', message });
  return undefined;
}

/** Warns once for each start of the pod's worker when imagePullSecrets names Secrets that do not exist. */
export async function warnOfMissingSecrets(unit: PodUnit): Promise<void> {
  const missing: string[] = [];
  for (const { name } of unit.pod.spec?.imagePullSecrets ?? []) {
    if (!name) continue;
    try {
      await unit.node.client.get(resources.secrets, { namespace: unit.pod.metadata?.namespace, name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      missing.push(name);
    }
  }
  if (missing.length === 0) return;
  const message = `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`;
  podEvent(unit, 'Warning', 'FailedToRetrieveImagePullSecret', message);
}

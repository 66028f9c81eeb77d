import { isAlreadyExists, isNotFound } from '../../lib/kube/api-error.ts';
import { apply } from '../../lib/kube/apply/apply.ts';
import type { Resource } from '../../lib/kube/resources.ts';
import { apiVersionOf, resources } from '../../lib/kube/resources.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import type { Lab } from '../lab.ts';
import type { Service } from './objects.ts';
import { isReady, type Pod, startClient } from './pods.ts';
import { type Look, until } from './until.ts';

/** Starts the pod `debug` unless it is there; resolves when it is Ready. */
export async function ensureClient(lab: Lab, name = 'debug', node?: string): Promise<void> {
  const there = await find<Pod>(lab, resources.pods, name);
  if (there === undefined) {
    await startClient(lab, name, node === undefined ? {} : { node });
    return;
  }
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const pod = await find<Pod>(lab, resources.pods, name);
      return pod && isReady(pod) ? { found: true } : { yet: `the pod ${name} is not ready` };
    },
    { expected: `the pod ${name} to be ready` },
  );
}

/** An object of the lab's namespace; undefined where there is none. */
export async function find<T extends KubeObject>(
  lab: Lab,
  resource: Resource,
  name: string,
): Promise<T | undefined> {
  const ref = { namespace: lab.namespace, name };
  return lab.client.get<T>(resource, ref, { signal: lab.signal }).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

/** Applies a Service of the lab's namespace, as `kubectl apply` does. */
export async function applyService(
  lab: Lab,
  name: string,
  spec: NonNullable<Service['spec']>,
): Promise<Service> {
  const service: Service = {
    apiVersion: apiVersionOf(resources.services),
    kind: resources.services.kind,
    metadata: { name },
    spec,
  };
  return (await apply(lab.client, service, { namespace: lab.namespace, signal: lab.signal })).object;
}

/** Makes a Service of the lab's namespace, or changes the one that is there: what `spec` names, lists as a whole. */
export async function putService(
  lab: Lab,
  name: string,
  spec: NonNullable<Service['spec']>,
): Promise<Service> {
  const { client, namespace, signal } = lab;
  const there = await find<Service>(lab, resources.services, name);
  if (there === undefined)
    return client.create<Service>(resources.services, { metadata: { name, namespace }, spec }, { signal });
  return client.patch<Service>(resources.services, { namespace, name }, { spec }, { type: 'merge', signal });
}

/** Creates an object of the lab's namespace; one that is there already is fine. */
export async function ensure<T extends KubeObject>(lab: Lab, resource: Resource, object: T): Promise<void> {
  const placed = { ...object, metadata: { ...object.metadata, namespace: lab.namespace } };
  await lab.client.create(resource, placed, { signal: lab.signal }).catch((error: unknown) => {
    if (!isAlreadyExists(error)) throw error;
  });
}

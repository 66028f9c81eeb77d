import type { PodManager } from '../pods/manager.ts';
import { allContainers, type Container } from '../pods/pod.ts';
import type { PodUnit } from '../pods/unit.ts';
import { HttpFault } from './fault.ts';

export type Verb = 'containerLogs' | 'exec' | 'attach' | 'portForward';

export interface Target {
  verb: Verb;
  namespace: string;
  pod: string;
  container: string;
}

/** What a URL of the kubelet's port means: /VERB/NAMESPACE/POD[/UID][/CONTAINER]; undefined for other paths. */
export function parseTarget(url: URL): Target | undefined {
  const [, verb = '', namespace = '', pod = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
  const isKnown = ['containerLogs', 'exec', 'attach', 'portForward'].includes(verb);
  if (!isKnown || namespace === '' || pod === '') return undefined;
  return { verb: verb as Verb, namespace, pod, container: rest.at(-1) ?? '' };
}

/** The pod's unit. Throws HttpFault 404. */
export function findPod(pods: PodManager | undefined, { namespace, pod }: Target): PodUnit {
  const unit = pods?.find(namespace, pod);
  if (!unit) throw new HttpFault(404, `pod "${pod}" not found`);
  return unit;
}

/** The container of that name, or the pod's first one when none is given. Throws HttpFault 404. */
export function findContainer(unit: PodUnit, name: string): Container {
  const [first] = unit.pod.spec?.containers ?? [];
  const found = name === '' ? first : allContainers(unit.pod).find((container) => container.name === name);
  if (!found) throw new HttpFault(404, `container not found ("${name}")`);
  return found;
}

import { keyOf } from '../../lib/kube/informer.ts';
import { matchesLabels } from '../../lib/kube/selector.ts';
import { createdAt, nameOf, namespaceOf, type Pod, type Service } from './objects.ts';
import type { Store } from './store.ts';

/** The pods that a Service selects, oldest first. A Service without a selector selects none. */
export function selectedPods(pods: Store<Pod>, service: Service): Pod[] {
  const selector = service.spec?.selector;
  if (!selector) return [];
  return pods
    .inNamespace(namespaceOf(service))
    .filter((pod) => matchesLabels(selector, pod.metadata?.labels))
    .sort((a, b) => createdAt(a) - createdAt(b) || (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** Keys of the Services that a pod concerns, by the labels it has or had. */
export function servicesOf(
  services: Store<Service>,
  pod: Pod | undefined,
  before: Pod | undefined,
): string[] {
  const namespace = namespaceOf(pod ?? before ?? {});
  return services
    .inNamespace(namespace)
    .filter(({ spec }) => {
      const selector = spec?.selector;
      return (
        selector !== undefined &&
        [pod, before].some((version) => version && matchesLabels(selector, version.metadata?.labels))
      );
    })
    .map((service) => keyOf(service));
}

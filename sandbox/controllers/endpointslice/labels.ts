import { nameOf, type Service } from '../objects.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const headlessLabel = 'service.kubernetes.io/headless';
export const sliceManager = 'endpointslice-controller.k8s.io';
export const mirrorManager = 'endpointslicemirroring-controller.k8s.io';

const reserved: ReadonlySet<string> = new Set([serviceNameLabel, managedByLabel, headlessLabel]);

/** The labels of a Service's slices: the Service's own, and those by which proxies and controllers find them. */
export function sliceLabels(service: Service): Record<string, string> {
  const own = Object.entries(service.metadata?.labels ?? {}).filter(([key]) => !reserved.has(key));
  return {
    ...Object.fromEntries(own),
    ...(service.spec?.clusterIP === 'None' && { [headlessLabel]: '' }),
    [serviceNameLabel]: nameOf(service),
    [managedByLabel]: sliceManager,
  };
}

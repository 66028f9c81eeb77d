import type { Pod, Service } from '../objects.ts';

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

export interface ResolvedPort {
  name: string;
  port: number;
  protocol: string;
  appProtocol?: string;
}

/**
 * The ports of a Service as this pod has them. A named target port is looked up among the pod's containers, so its number
 * may differ from pod to pod; one that the pod does not have is left out.
 */
export function resolvePorts(service: Service, pod: Pod): ResolvedPort[] {
  return (service.spec?.ports ?? []).flatMap((servicePort) => {
    const port = targetPort(servicePort, pod);
    if (port === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    return [{ name, port, protocol, ...(appProtocol !== undefined && { appProtocol }) }];
  });
}

function targetPort(servicePort: ServicePort, pod: Pod): number | undefined {
  const { targetPort: target = servicePort.port, protocol = 'TCP' } = servicePort;
  if (typeof target === 'number') return target === 0 ? servicePort.port : target;
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const ports = [...(pod.spec?.containers ?? []), ...sidecars].flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === target && (port.protocol ?? 'TCP') === protocol)?.containerPort;
}

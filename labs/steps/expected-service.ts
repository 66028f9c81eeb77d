import { resources } from '../../lib/kube/resources.ts';
import { demand } from '../check-failure.ts';
import type { Lab } from '../lab.ts';
import { find } from './ensure.ts';
import type { Service } from './objects.ts';

export type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

/** The Service of that name in the lab's namespace. Throws CheckFailure where there is none. */
export async function expectedService(lab: Lab, name: string): Promise<Service> {
  const service = await find<Service>(lab, resources.services, name);
  demand(service, {
    expected: `a Service ${name} in the namespace ${lab.namespace}`,
    observed: 'none of that name',
    look: `kubectl --namespace ${lab.namespace} get services`,
  });
  return service;
}

/** Its ports. */
export function portsOf(service: Service): readonly ServicePort[] {
  return service.spec?.ports ?? [];
}

/** `name=nginx-pod`, `app=myapp,tier=backend`: a selector in words, keys in order. */
export function selectorOf({ spec }: Service): string {
  const pairs = Object.entries(spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',') || 'no selector';
}

/** `http 80→9376/TCP, https 443→9377/TCP`: what a Service's ports lead to, in words. */
export function describePorts(ports: readonly ServicePort[]): string {
  return (
    ports
      .map(({ name = '', port, targetPort, protocol }) => `${name} ${port}→${targetPort}/${protocol}`.trim())
      .join(', ') || 'no port'
  );
}

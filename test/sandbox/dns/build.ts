import type { Zone } from '../../../sandbox/dns/resolve.ts';
import { type EndpointSlice, type Service, serviceRecords } from '../../../sandbox/dns/synthesis.ts';
import { createZoneIndex } from '../../../sandbox/dns/zone-index.ts';

export function service(spec: Service['spec'], name = 'web'): Service {
  return { metadata: { name, namespace: 'default' }, spec: { ...spec } };
}

export function slice(
  addresses: (string | { address: string; hostname?: string; ready?: boolean })[],
  ports: EndpointSlice['ports'] = [{ name: 'http', port: 8080, protocol: 'TCP' }],
): EndpointSlice {
  return {
    addressType: 'IPv4',
    ports,
    endpoints: addresses.map((entry) => {
      const { address, hostname, ready = true } = typeof entry === 'string' ? { address: entry } : entry;
      return { addresses: [address], conditions: { ready }, ...(hostname && { hostname }) };
    }),
  };
}

const domain = 'cluster.local';

export function testZone(): Zone {
  const index = createZoneIndex();
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
  const put = (
    name: string,
    ...parameters: [Parameters<typeof service>[0], ...Parameters<typeof slice>[]]
  ) => {
    const [spec, ...slices] = parameters;
    const made = slices.map((arguments_) => slice(...arguments_));
    index.replace(`default/${name}`, serviceRecords(service(spec, name), made, domain));
  };
  put('web', { clusterIP: '172.17.0.9', ports }, [['172.16.1.1']]);
  put('db', { clusterIP: 'None' }, [[{ address: '172.16.1.5', hostname: 'db-0' }, '172.16.1.6']]);
  put('ext', { type: 'ExternalName', externalName: 'example.org' });
  put('alias', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' });
  put('loop-a', { type: 'ExternalName', externalName: 'loop-b.default.svc.cluster.local' });
  put('loop-b', { type: 'ExternalName', externalName: 'loop-a.default.svc.cluster.local' });
  return { domain, index, hasNamespace: (name) => name === 'default' || name === 'empty', serial: () => 7 };
}

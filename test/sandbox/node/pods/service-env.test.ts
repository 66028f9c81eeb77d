import { expect } from 'chai';
import type { V1Service, Wire } from '../../../../lib/kube/types.ts';
import { serviceEnvironment, variablesOf } from '../../../../sandbox/node/pods/service-env.ts';

type Service = Wire<V1Service>;
const service = (name: string, spec: object, namespace = 'default') =>
  ({ metadata: { name, namespace }, spec }) as Service;
const redis = service('redis-master', { clusterIP: '10.0.0.11', ports: [{ port: 6379, protocol: 'TCP' }] });
const kubernetes = service('kubernetes', { clusterIP: '172.17.0.1', ports: [{ name: 'https', port: 443 }] });

describe('the variables of a Service', () => {
  it('are exactly seven for redis-master at 10.0.0.11:6379 (S-07)', () => {
    expect(variablesOf(redis)).to.deep.equal({
      REDIS_MASTER_SERVICE_HOST: '10.0.0.11',
      REDIS_MASTER_SERVICE_PORT: '6379',
      REDIS_MASTER_PORT: 'tcp://10.0.0.11:6379',
      REDIS_MASTER_PORT_6379_TCP: 'tcp://10.0.0.11:6379',
      REDIS_MASTER_PORT_6379_TCP_PROTO: 'tcp',
      REDIS_MASTER_PORT_6379_TCP_PORT: '6379',
      REDIS_MASTER_PORT_6379_TCP_ADDR: '10.0.0.11',
    });
  });

  it('are eight for a named port (L-09)', () => {
    const named = service('hostname-service-clusterip', {
      clusterIP: '172.17.17.106',
      ports: [{ name: 'web-port', port: 8080 }],
    });
    expect(Object.keys(variablesOf(named))).to.have.length(8);
    expect(variablesOf(named)).to.include({ HOSTNAME_SERVICE_CLUSTERIP_SERVICE_PORT_WEB_PORT: '8080' });
  });

  it('name every port; the first one has the short names', () => {
    const dns = service('kube-dns', {
      clusterIP: 'fd00::a',
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    });
    expect(variablesOf(dns)).to.include({
      KUBE_DNS_PORT: 'udp://[fd00::a]:53',
      KUBE_DNS_PORT_53_TCP: 'tcp://[fd00::a]:53',
      KUBE_DNS_SERVICE_PORT_DNS_TCP: '53',
    });
  });

  for (const [what, spec] of [
    ['headless', { clusterIP: 'None', ports: [{ port: 80 }] }],
    ['ExternalName', { type: 'ExternalName', externalName: 'example.org' }],
    ['without an address yet', { clusterIP: '', ports: [{ port: 80 }] }],
  ] as const) {
    it(`are none when it is ${what}`, () => {
      expect(variablesOf(service('x', spec))).to.deep.equal({});
    });
  }
});

describe('the Services a pod hears of', () => {
  const other = service('elsewhere', { clusterIP: '10.0.0.12', ports: [{ port: 1 }] }, 'other');
  const prefixes = (namespace: string, links: boolean) => {
    const names = Object.keys(serviceEnvironment([redis, kubernetes, other], namespace, links));
    return names.filter((name) => name.endsWith('_SERVICE_HOST')).sort();
  };

  it('are those of its namespace and the API server', () => {
    expect(prefixes('other', true)).to.deep.equal(['ELSEWHERE_SERVICE_HOST', 'KUBERNETES_SERVICE_HOST']);
  });

  it('are the API server alone with enableServiceLinks: false', () => {
    expect(prefixes('default', false)).to.deep.equal(['KUBERNETES_SERVICE_HOST']);
  });

  it('are its own when a Service of its namespace is named kubernetes', () => {
    const own = service('kubernetes', { clusterIP: '10.0.0.99', ports: [{ port: 1 }] }, 'other');
    expect(serviceEnvironment([own, kubernetes], 'other', true)).to.include({
      KUBERNETES_SERVICE_HOST: '10.0.0.99',
    });
  });
});

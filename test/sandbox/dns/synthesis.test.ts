import { expect } from 'chai';
import type { ZoneRecord } from '../../../sandbox/dns/record.ts';
import { type EndpointSlice, type Service, serviceRecords } from '../../../sandbox/dns/synthesis.ts';
import { service, slice } from './build.ts';

const text = ({ name, type, data }: ZoneRecord): string => {
  const value = typeof data === 'string' ? data : Object.values(data).join(' ');
  return `${name.replace('.default.svc.cluster.local', '')} ${type} ${value.replace('.default.svc.cluster.local', '')}`;
};
const records = (owner: Service, ...slices: EndpointSlice[]) =>
  serviceRecords(owner, slices, 'cluster.local').map(text).sort();

describe('the records of a Service', () => {
  it('with a cluster IP: A, PTR, and SRV for each named port', () => {
    const ports = [
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ];
    expect(records(service({ clusterIP: '172.17.0.9', ports }))).to.deep.equal([
      '9.0.17.172.in-addr.arpa PTR web',
      '_dns._udp.web SRV 0 100 53 web',
      '_http._tcp.web SRV 0 100 80 web',
      'web A 172.17.0.9',
      'web SRV 0 50 53 web',
      'web SRV 0 50 80 web',
    ]);
  });

  it('of two families has A and AAAA', () => {
    const both = records(service({ clusterIP: '172.17.0.9', clusterIPs: ['172.17.0.9', 'fd00::9'] }));
    expect(both).to.include.members(['web A 172.17.0.9', 'web AAAA fd00::9']);
    expect(both.find((line) => line.includes('ip6.arpa'))).to.match(/^9\.0\.0\..*\.d\.f\.ip6\.arpa PTR web$/);
  });

  it('that is headless: one A for each ready endpoint, which has a name of its own', () => {
    const found = records(
      service({ clusterIP: 'None' }),
      slice([
        { address: '172.16.1.1', hostname: 'db-0' },
        '172.16.1.2',
        { address: '172.16.1.3', ready: false },
      ]),
    );
    expect(found).to.deep.equal([
      '1.1.16.172.in-addr.arpa PTR db-0.web',
      '172-16-1-2.web A 172.16.1.2',
      '172-16-1-2.web SRV 0 100 8080 172-16-1-2.web',
      '2.1.16.172.in-addr.arpa PTR 172-16-1-2.web',
      '_http._tcp.web SRV 0 50 8080 172-16-1-2.web',
      '_http._tcp.web SRV 0 50 8080 db-0.web',
      'db-0.web A 172.16.1.1',
      'db-0.web SRV 0 100 8080 db-0.web',
      'web A 172.16.1.1',
      'web A 172.16.1.2',
      'web SRV 0 50 8080 172-16-1-2.web',
      'web SRV 0 50 8080 db-0.web',
    ]);
  });

  it('counts an endpoint that stands in two slices once', () => {
    const found = records(
      service({ clusterIP: 'None' }),
      slice(['172.16.1.1']),
      slice(['172.16.1.1'], [{ port: 9 }]),
    );
    expect(found.filter((line) => line.startsWith('web A'))).to.have.length(1);
  });

  it('with an external name: a CNAME and nothing else', () => {
    const external = service({ type: 'ExternalName', externalName: 'My.Database.example.com.' });
    expect(records(external, slice(['172.16.1.1']))).to.deep.equal(['web CNAME my.database.example.com']);
  });

  it('that has no address yet: none', () => {
    expect(records(service({}))).to.deep.equal([]);
    expect(records(service({ clusterIP: 'None' }))).to.deep.equal([]);
  });
});

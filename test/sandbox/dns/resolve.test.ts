import { expect } from 'chai';
import { resolve } from '../../../sandbox/dns/resolve.ts';
import { createZoneIndex } from '../../../sandbox/dns/zone-index.ts';
import { testZone } from './build.ts';

describe('the answer to a question', () => {
  const zone = testZone();
  const ask = (name: string, type = 'A') => {
    const result = resolve(zone, name.replace(/^(\S+) svc$/, '$1.default.svc.cluster.local'), type);
    const values = result.answers.map(
      ({ type: kind, data }) =>
        `${kind} ${typeof data === 'string' ? data : 'port' in data ? data.port : 'soa'}`,
    );
    return result.kind === 'elsewhere'
      ? { elsewhere: result.target, values }
      : { rcode: result.rcode, values, soa: result.authorities.length };
  };
  const ok = (...values: string[]) => ({ rcode: 'NOERROR', values, soa: 0 });
  const nodata = { rcode: 'NOERROR', values: [], soa: 1 };
  const nothing = { rcode: 'NXDOMAIN', values: [], soa: 1 };

  const cases: [string, string, string, object][] = [
    ['a Service', 'web svc', 'A', ok('A 172.17.0.9')],
    ['the other family is NODATA, not NXDOMAIN', 'web svc', 'AAAA', nodata],
    ['an unknown type is NODATA', 'web svc', 'UNKNOWN_65', nodata],
    ['a Service that is not there', 'nope svc', 'A', nothing],
    ['SRV of a named port', '_http._tcp.web svc', 'SRV', ok('SRV 80')],
    ['a port that is not there', '_https._tcp.web svc', 'SRV', nothing],
    ['an empty non-terminal', '_tcp.web svc', 'A', nodata],
    ['all endpoints of a headless Service', 'db svc', 'A', ok('A 172.16.1.5', 'A 172.16.1.6')],
    ['one endpoint by hostname', 'db-0.db svc', 'A', ok('A 172.16.1.5')],
    ['one endpoint by address', '172-16-1-6.db svc', 'A', ok('A 172.16.1.6')],
    ['an endpoint with a hostname has no other name', '172-16-1-5.db svc', 'A', nothing],
    ['an external name', 'ext svc', 'A', { elsewhere: 'example.org', values: ['CNAME example.org'] }],
    ['the CNAME itself', 'ext svc', 'CNAME', ok('CNAME example.org')],
    [
      'an alias within the cluster is followed',
      'alias svc',
      'A',
      ok('CNAME web.default.svc.cluster.local', 'A 172.17.0.9'),
    ],
    ['a pod by its address', '172-16-1-1.default.pod.cluster.local', 'A', ok('A 172.16.1.1')],
    ['a pod of a namespace that is not there', '172-16-1-1.other.pod.cluster.local', 'A', nothing],
    ['no address, no pod', 'pod-1.default.pod.cluster.local', 'A', nothing],
    ['a namespace', 'empty.svc.cluster.local', 'A', nodata],
    ['a namespace that is not there', 'other.svc.cluster.local', 'A', nothing],
    ['the zone', 'cluster.local', 'SOA', ok('SOA soa')],
    ['the name server', 'cluster.local', 'NS', ok('NS ns.dns.cluster.local')],
    ['the name server’s address, as long as kube-dns is not there', 'ns.dns.cluster.local', 'A', nodata],
    ['an endpoint’s ports', 'db-0.db svc', 'SRV', ok('SRV 8080')],
    ['the version of the specification', 'dns-version.cluster.local', 'TXT', ok('TXT 1.1.0')],
    ['a cluster IP backwards', '9.0.17.172.in-addr.arpa', 'PTR', ok('PTR web.default.svc.cluster.local')],
    ['an endpoint backwards', '5.1.16.172.in-addr.arpa', 'PTR', ok('PTR db-0.db.default.svc.cluster.local')],
    ['a private address that nobody has', '77.77.16.172.in-addr.arpa', 'PTR', nothing],
    [
      'a public address is not ours',
      '8.8.8.8.in-addr.arpa',
      'PTR',
      { elsewhere: '8.8.8.8.in-addr.arpa', values: [] },
    ],
    ['another zone is not ours', 'example.org', 'A', { elsewhere: 'example.org', values: [] }],
    [
      'a name that only ends alike is not ours',
      'mycluster.local',
      'A',
      { elsewhere: 'mycluster.local', values: [] },
    ],
  ];
  for (const [title, name, type, expected] of cases) {
    it(`${title}: ${name} ${type}`, () => expect(ask(name, type)).to.deep.equal(expected));
  }

  it('SRV brings the addresses of its targets along, each once', () => {
    const result = resolve(zone, 'db.default.svc.cluster.local', 'SRV');
    const extra = result.kind === 'answer' ? result.additionals.map(({ data }) => data) : [];
    expect(extra).to.deep.equal(['172.16.1.5', '172.16.1.6']);
  });

  it('negative answers name the zone they belong to', () => {
    const soaOf = (name: string) => {
      const result = resolve(zone, name, 'A');
      return result.kind === 'answer' ? result.authorities.map(({ name: apex }) => apex) : [];
    };
    expect(soaOf('nope.default.svc.cluster.local')).to.deep.equal(['cluster.local']);
    expect(soaOf('77.77.16.172.in-addr.arpa')).to.deep.equal(['in-addr.arpa']);
  });

  it('a loop of aliases ends', () => {
    expect(ask('loop-a svc').values).to.have.length(8);
  });
});

describe('the index of names', () => {
  it('forgets what a source no longer has, and what only that held up', () => {
    const index = createZoneIndex();
    index.replace('a', [{ type: 'A', name: 'x.y.z', data: '1.1.1.1' }]);
    index.replace('b', [{ type: 'A', name: 'x.y.z', data: '2.2.2.2' }]);
    index.replace('a', []);
    expect(index.find('x.y.z').map(({ data }) => data)).to.deep.equal(['2.2.2.2']);
    expect(index.exists('y.z')).to.equal(true);
    index.replace('b', [{ type: 'A', name: 'w.z', data: '2.2.2.2' }]);
    expect([index.exists('y.z'), index.exists('x.y.z'), index.exists('z'), index.size()]).to.deep.equal([
      false,
      false,
      true,
      1,
    ]);
  });
});

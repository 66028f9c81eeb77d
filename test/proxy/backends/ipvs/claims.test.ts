import { expect } from 'chai';
import { renderIpvs } from '../../../../proxy/backends/ipvs/backend.ts';
import { type IpvsOptions, type Place, schedulers } from '../../../../proxy/backends/ipvs/options.ts';
import type { EndpointSpec, ServiceSpec } from '../../objects.ts';
import { unitsFor } from '../../units.ts';

const options: IpvsOptions = {
  scheduler: 'rr',
  masqueradeAll: false,
  detector: { kind: 'cidr', cidrs: ['172.16.0.0/16', 'fd16::/32'] },
  nodePortCidrs: 'primary',
};

function render(
  service: ServiceSpec,
  endpoints: EndpointSpec[],
  more: Partial<IpvsOptions> = {},
  own: Partial<Place> = {},
) {
  const node = {
    name: 'n1',
    addresses: ['192.168.56.11', 'fd56::11'],
    podCIDRs: [],
    zone: '',
    leaving: false,
  };
  const place: Place = { family: 'IPv4', node, ownAddresses: ['192.168.56.11'], ...own };
  const units = unitsFor({ service, endpoints, family: place.family });
  return renderIpvs(place, { ...options, ...more }, units).split('\n');
}

const here = { ip: '172.16.1.2', node: 'n1' };
const there = { ip: '172.16.2.2', node: 'n2' };

describe('what a Service becomes under ipvs', () => {
  it('a cluster IP: an address, a virtual server, masquerading for others than pods', () => {
    const lines = render({}, [here, there]);
    expect(lines).to.include('-A -t 172.17.0.80:80 -s rr');
    expect(lines).to.include('-a -t 172.17.0.80:80 -r 172.16.1.2:8080 -m -w 1');
    expect(lines).to.include('-a -t 172.17.0.80:80 -r 172.16.2.2:8080 -m -w 1');
    expect(lines).to.include('add -exist WORKSHOP-CLUSTER-IP 172.17.0.80,tcp:80');
    expect(lines).to.include('addr replace 172.17.0.80/32 dev kube-ipvs0');
    expect(lines).to.include(
      '-A WORKSHOP-IPVS-PREROUTING ! -s 172.16.0.0/16 -m set --match-set WORKSHOP-CLUSTER-IP dst,dst -j WORKSHOP-IPVS-MARK',
    );
  });

  it('pods of this node, and no others, may need a hairpin', () => {
    const lines = render({}, [here, there]).filter(
      (line) => line.includes('HAIRPIN') && line.startsWith('add'),
    );
    expect(lines).to.deep.equal(['add -exist WORKSHOP-HAIRPIN 172.16.1.2,tcp:8080,172.16.1.2']);
  });

  it('affinity is persistence', () => {
    const lines = render({ spec: { sessionAffinity: 'ClientIP' } }, [here]);
    expect(lines).to.include('-A -t 172.17.0.80:80 -s rr -p 10800');
  });

  it('affinity under policy Local is a hash of the client: persistence would not translate the port', () => {
    const spec = { sessionAffinity: 'ClientIP', externalTrafficPolicy: 'Local' };
    const service = { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }], spec };
    for (const scheduler of schedulers) {
      const lines = render(service, [here, there], { scheduler });
      expect(lines.filter((line) => line.startsWith('-A -f'))).to.eql(['-A -f 8192 -s mh -b mh-fallback']);
    }
  });

  it('without endpoints there is no virtual server, but a refusal', () => {
    const lines = render({ type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }, []);
    expect(lines.filter((line) => line.startsWith('-A -t'))).to.deep.equal([]);
    expect(lines).to.include('add -exist WORKSHOP-REJECT 172.17.0.80,tcp:80');
    expect(lines).to.include('add -exist WORKSHOP-REJECT 192.168.56.11,tcp:30080');
  });

  it('external policy Local: all endpoints for the node’s own, a mark and this node’s endpoints for others', () => {
    const lines = render(
      { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }], spec: { externalTrafficPolicy: 'Local' } },
      [here, there],
    );
    expect(lines).to.include('-a -t 192.168.56.11:30080 -r 172.16.2.2:8080 -m -w 1');
    expect(lines).to.include('-A -f 8192 -s rr');
    expect(lines.filter((line) => line.startsWith('-a -f'))).to.deep.equal([
      '-a -f 8192 -r 172.16.1.2:8080 -m -w 1',
    ]);
    expect(lines).to.include('add -exist WORKSHOP-MARKS 192.168.56.11,tcp:30080 skbmark 0x2000');
  });

  it('external policy Local without an endpoint here: a drop for those outside alone', () => {
    const lines = render(
      { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }], spec: { externalTrafficPolicy: 'Local' } },
      [there],
    );
    expect(lines).to.include('add -exist WORKSHOP-DROP-OUTSIDE 192.168.56.11,tcp:30080');
    expect(lines.some((line) => line.includes('-f 8192'))).to.equal(false);
  });

  it('internal policy Local without an endpoint here: a drop, no virtual server', () => {
    const lines = render({ spec: { internalTrafficPolicy: 'Local' } }, [there]);
    expect(lines).to.include('add -exist WORKSHOP-DROP 172.17.0.80,tcp:80');
    expect(lines.some((line) => line.startsWith('-A -t'))).to.equal(false);
  });

  it('an external IP that the node has on an interface is not put on the dummy device', () => {
    const service = { externalIPs: ['10.0.0.1', '10.0.0.2'] };
    const lines = render(service, [here], {}, { ownAddresses: ['192.168.56.11', '10.0.0.1'] });
    expect(lines).to.include('-A -t 10.0.0.1:80 -s rr');
    expect(lines.filter((line) => line.startsWith('addr replace 10.'))).to.deep.equal([
      'addr replace 10.0.0.2/32 dev kube-ipvs0',
    ]);
  });

  it('source ranges guard the load balancer’s address alone, and admit it as a source when the node is admitted', () => {
    const service = (range: string) => ({
      type: 'LoadBalancer',
      ports: [{ port: 80, nodePort: 30080 }],
      ingress: [{ ip: '10.0.0.9' }],
      spec: { loadBalancerSourceRanges: [range] },
    });
    const guarded = (range: string) =>
      render(service(range), [here]).filter((line) => /add -exist WORKSHOP-(GUARDED|ALLOWED)/.test(line));
    expect(guarded('10.1.0.0/16')).to.deep.equal([
      'add -exist WORKSHOP-GUARDED 10.0.0.9,tcp:80',
      'add -exist WORKSHOP-ALLOWED 10.0.0.9,tcp:80,10.1.0.0/16',
    ]);
    expect(guarded('192.168.56.11/32')).to.deep.equal([
      'add -exist WORKSHOP-GUARDED 10.0.0.9,tcp:80',
      'add -exist WORKSHOP-ALLOWED 10.0.0.9,tcp:80,192.168.56.11',
      'add -exist WORKSHOP-ALLOWED 10.0.0.9,tcp:80,10.0.0.9',
    ]);
    expect(guarded('0.0.0.0/0')).to.deep.equal([]);
  });

  it('IPv6: brackets, sets of its own, addresses that are nobody’s source', () => {
    const service = { clusterIPs: ['fd17:0:0::80'] };
    const lines = render(
      service,
      [{ ip: 'fd16:0:0:1:0::2', node: 'n1' }],
      {},
      { family: 'IPv6', ownAddresses: ['fd56::11'] },
    );
    expect(lines).to.include('-a -t [fd17::80]:80 -r [fd16:0:0:1::2]:8080 -m -w 1');
    expect(lines).to.include('add -exist WORKSHOP-6-CLUSTER-IP fd17::80,tcp:80');
    expect(lines).to.include('addr replace fd17::80/128 dev kube-ipvs0 nodad preferred_lft 0');
  });

  for (const scheduler of schedulers) {
    it(`scheduler ${scheduler} is the kernel's of that name`, () => {
      const [line = ''] = render({}, [here], { scheduler }).filter((one) => one.startsWith('-A -t'));
      const flags = scheduler === 'sh' ? ' -b sh-fallback' : scheduler === 'mh' ? ' -b mh-port' : '';
      expect(line).to.equal(`-A -t 172.17.0.80:80 -s ${scheduler}${flags}`);
    });
  }
});

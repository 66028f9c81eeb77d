import { expect } from 'chai';
import { recordsOfEndpoints } from '../../../proxy/model/from-endpoints.ts';

describe('records of a core/v1 Endpoints object', () => {
  const metadata = { namespace: 'shop', name: 'web' };

  it('are one for each subset and family, with what is not ready marked so', () => {
    const records = recordsOfEndpoints({
      metadata,
      subsets: [
        {
          addresses: [{ ip: '172.16.1.2', nodeName: 'n1' }, { ip: 'fd16::2' }],
          notReadyAddresses: [{ ip: '172.16.1.3' }],
          ports: [{ name: 'http', port: 8080 }],
        },
        { addresses: [{ ip: '172.16.1.4' }], ports: [{ port: 53, protocol: 'UDP' }] },
      ],
    });
    expect(records.map(({ name, family }) => [name, family])).to.eql([
      ['web#0-IPv4', 'IPv4'],
      ['web#0-IPv6', 'IPv6'],
      ['web#1-IPv4', 'IPv4'],
    ]);
    const [first, , last] = records;
    expect(first?.endpoints.map(({ address, ready, node }) => [address, ready, node])).to.eql([
      ['172.16.1.2', true, 'n1'],
      ['172.16.1.3', false, undefined],
    ]);
    expect(first?.ports).to.eql([{ name: 'http', port: 8080, protocol: 'TCP' }]);
    expect(last?.ports).to.eql([{ name: '', port: 53, protocol: 'UDP' }]);
  });

  it('are none without addresses', () => {
    expect(recordsOfEndpoints({ metadata })).to.eql([]);
    expect(recordsOfEndpoints({ metadata, subsets: [{ ports: [{ port: 80 }] }] })).to.eql([]);
  });
});

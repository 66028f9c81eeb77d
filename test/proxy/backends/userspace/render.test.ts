import { expect } from 'chai';
import { contentsFor } from '../../../../proxy/backends/userspace/elements.ts';
import type { Matches } from '../../../../proxy/backends/userspace/options.ts';
import { renderDifference } from '../../../../proxy/backends/userspace/render.ts';
import { compare } from '../../../../proxy/backends/userspace/verify.ts';
import { unitsFor } from '../../units.ts';

const ports = { cluster: 40_001, local: 40_002 };
const node = { nodeIps: ['192.168.56.11'], nodePortIps: ['192.168.56.11'] };
const here = [{ ip: '172.16.1.2', node: 'n1' }];
const away = [{ ip: '172.16.2.2', node: 'n2' }];
const nodePort = { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] };

function contents(given: Parameters<typeof unitsFor>[0]) {
  const found = contentsFor(unitsFor(given), () => ports, node);
  const entry = ([key, value]: [string, string | undefined]) =>
    value === undefined ? key : `${key} : ${value}`;
  return Object.fromEntries([...found].map(([set, elements]) => [set, [...elements].map(entry)]));
}

describe('contents of the userspace table', () => {
  const vip = '172.17.0.80 . tcp . 80';
  const spec = { clusterIPs: ['172.17.0.80'] };

  it('leads the cluster IP to the proxy port', () => {
    const found = contents({ service: spec, endpoints: here });
    expect(found['services']).to.eql([`${vip} : 40001`]);
    expect(found['cluster-ips']).to.eql(['172.17.0.80']);
    expect(found['proxy-ports']).to.eql(['tcp . 40001', 'tcp . 40002']);
  });

  it('rejects what has no endpoint, everywhere', () => {
    const found = contents({ service: { ...spec, ...nodePort }, endpoints: [] });
    expect(found['rejected']).to.eql([vip]);
    expect(found['rejected-node-ports']).to.eql(['tcp . 30080']);
    expect(found['services']).to.equal(undefined);
  });

  it('drops under internalTrafficPolicy Local without an endpoint here, and uses the local list with one', () => {
    const local = { ...spec, spec: { internalTrafficPolicy: 'Local' } };
    expect(contents({ service: local, endpoints: away })['dropped']).to.eql([vip]);
    expect(contents({ service: local, endpoints: here })['services']).to.eql([`${vip} : 40002`]);
  });

  it('has another port for clients from outside under externalTrafficPolicy Local, or drops them', () => {
    const local = { ...spec, ...nodePort, spec: { externalTrafficPolicy: 'Local' } };
    const found = contents({ service: local, endpoints: here });
    expect(found['node-ports']).to.eql(['tcp . 30080 : 40001']);
    expect(found['local-node-ports']).to.eql(['tcp . 30080 : 40002']);
    const gone = contents({ service: local, endpoints: away });
    expect(gone['outside-dropped-node-ports']).to.eql(['tcp . 30080']);
    expect(gone['node-ports']).to.eql(['tcp . 30080 : 40001']);
  });

  it('refuses SCTP, and whatever has got no socket', () => {
    const units = unitsFor({
      service: { ...spec, ports: [{ port: 80, protocol: 'SCTP' }] },
      endpoints: here,
      ports: [{ port: 8080, protocol: 'SCTP' }],
    });
    const found = contentsFor(units, () => ({}), node);
    expect([...(found.get('rejected') ?? new Map()).keys()]).to.eql(['172.17.0.80 . sctp . 80']);
  });

  it('gives an address that two Services want to one of them, whatever their order', () => {
    const units = ['b', 'a'].flatMap((name) =>
      unitsFor({
        service: {
          name,
          clusterIPs: [name === 'a' ? '172.17.0.81' : '172.17.0.82'],
          externalIPs: ['10.240.0.7'],
        },
        endpoints: here,
      }),
    );
    const portOf = ({ name }: { name: string }) => ({ cluster: name === 'a' ? 1 : 2 });
    for (const list of [units, [...units].reverse()]) {
      expect(contentsFor(list, portOf, node).get('services')?.get('10.240.0.7 . tcp . 80')).to.equal('1');
    }
  });

  it('writes only the difference, and removes before it adds', () => {
    const before = new Map([
      [
        'services',
        new Map([
          [vip, '1'],
          ['x', '9'],
        ]),
      ],
    ]);
    const after = new Map([
      [
        'services',
        new Map([
          [vip, '2'],
          ['x', '9'],
        ]),
      ],
    ]);
    const matches = { family: 'IPv4' } as Matches;
    expect(renderDifference(matches, before, after)).to.equal(
      `delete element ip workshop-proxy-userspace services {\n${vip}\n}\n` +
        `add element ip workshop-proxy-userspace services {\n${vip} : 2\n}\n`,
    );
    expect(renderDifference(matches, after, after)).to.equal('');
  });

  it('sees what somebody else changed', () => {
    const wanted = new Map([['services', new Map([[vip, '1']])]]);
    const base = new Set(['chain a']);
    const seen = (objects: string[], elements: [string, string][]) => ({
      objects: new Set(objects),
      contents: new Map([['services', new Map(elements)]]),
    });
    expect(compare(seen(['chain a'], [[vip, '1']]), base, wanted)).to.equal(undefined);
    expect(compare(undefined, base, wanted)).to.equal('the table is missing');
    expect(compare(seen([], [[vip, '1']]), base, wanted)).to.equal('missing or changed: chain a');
    expect(compare(seen(['chain a', 'b'], [[vip, '1']]), base, wanted)).to.equal('not ours: b');
    expect(compare(seen(['chain a'], [[vip, '2']]), base, wanted)).to.match(/^changed/);
    expect(compare(seen(['chain a'], []), base, wanted)).to.match(/^missing: element/);
  });
});

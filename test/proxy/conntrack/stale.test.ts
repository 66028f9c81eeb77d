import { expect } from 'chai';
import { parseFlows } from '../../../proxy/conntrack/flows.ts';
import { staleFlows } from '../../../proxy/conntrack/stale.ts';
import { unitsFor } from '../units.ts';

const line = (dst: string, dport: number, server: string, port: number, extra = '') =>
  `udp      17 29 src=172.16.1.9 dst=${dst} sport=4000 dport=${dport} ${extra}src=${server} dst=172.16.1.9 sport=${port} dport=4000 mark=0 use=1`;

describe('stale UDP flows', () => {
  const units = unitsFor({
    service: {
      ports: [{ port: 53, protocol: 'UDP', nodePort: 30_053 }],
      type: 'NodePort',
      externalIPs: ['10.0.0.9'],
    },
    endpoints: [{ ip: '172.16.1.2' }, { ip: '172.16.2.2', ready: false, serving: true, terminating: true }],
    ports: [{ port: 5353, protocol: 'UDP' }],
  });
  const stale = (...lines: string[]) =>
    staleFlows(parseFlows(lines.join('\n')), units, ['192.168.56.11']).map(({ server }) => server);

  const cases: [string, string, string[]][] = [
    ['to a ready endpoint stays', line('172.17.0.80', 53, '172.16.1.2', 5353), []],
    ['to one that only serves stays', line('172.17.0.80', 53, '172.16.2.2', 5353), []],
    ['to one that is gone ends', line('172.17.0.80', 53, '172.16.1.7', 5353), ['172.16.1.7']],
    ['to the right address but another port ends', line('172.17.0.80', 53, '172.16.1.2', 53), ['172.16.1.2']],
    [
      'that was never translated ends',
      line('172.17.0.80', 53, '172.17.0.80', 53, '[UNREPLIED] '),
      ['172.17.0.80'],
    ],
    ['over the node port ends', line('192.168.56.11', 30_053, '172.16.1.7', 5353), ['172.16.1.7']],
    ['over an external IP ends', line('10.0.0.9', 53, '172.16.1.7', 5353), ['172.16.1.7']],
    ['of others to the same port number stays', line('192.168.56.99', 30_053, '192.168.56.99', 30_053), []],
    ['of another port of the address stays', line('172.17.0.80', 54, '172.16.1.7', 54), []],
  ];
  for (const [what, text, expected] of cases) {
    it(`a flow ${what}`, () => expect(stale(text)).to.eql(expected));
  }

  it('a flow of a Service that is gone ends', () => {
    const flows = parseFlows(line('172.17.0.99', 53, '172.16.1.2', 5353));
    expect(staleFlows(flows, [], [], new Set(['172.17.0.99:53']))).to.have.length(1);
    expect(staleFlows(flows, [], [])).to.have.length(0);
  });
});

import { expect } from 'chai';
import { removeTraceRules, traceRules } from '../../../proxy/trace/mark.ts';
import { type Hop, parseTrace, traceText } from '../../../proxy/trace/parse.ts';

/** As nft 1.0.6 printed it, shortened. */
const output = `trace id 7f070262 ip t n packet: oif "lo" ip saddr 127.0.0.1 ip daddr 127.0.0.2 ip ttl 64 tcp sport 42764 tcp dport 81 tcp flags == syn
trace id 7f070262 ip workshop-proxy-trace-7 output policy accept
trace id 7f070262 ip t n rule jump a (verdict jump a)
trace id 7f070262 ip t a rule ip daddr 127.0.0.2 tcp dport 81 dnat to 127.0.0.1:82 (verdict accept)
trace id c879ecc0 ip u in packet: iif "lo" @ll,0,112 0x800 ip saddr 127.0.0.1 ip daddr 127.0.0.1 tcp sport 42764 tcp dport 82 tcp flags == syn
trace id c879ecc0 ip u in verdict continue
trace id c879ecc0 ip u in policy accept
# new generation 4 by process 7 (nft)`;

const hops = output.split('\n').flatMap((line) => parseTrace(line) ?? []);

describe('following a packet', () => {
  it('reads what nft reports, and passes over other lines', () => {
    expect(hops).to.have.lengthOf(7);
    expect(hops[3]).to.eql({
      packet: '7f070262',
      table: 'ip t',
      chain: 'a',
      kind: 'rule',
      text: 'ip daddr 127.0.0.2 tcp dport 81 dnat to 127.0.0.1:82',
      verdict: 'accept',
    } satisfies Hop);
    expect(hops[6]?.verdict).to.equal('accept');
  });

  it('shows each rule but its own, and the packet whenever its addresses have changed', () => {
    expect(traceText(hops)).to.equal(
      [
        'packet 127.0.0.1:42764 -> 127.0.0.2:81 (oif lo)',
        '  ip t n: jump a  => jump a',
        '  ip t a: ip daddr 127.0.0.2 tcp dport 81 dnat to 127.0.0.1:82  => accept',
        'packet 127.0.0.1:42764 -> 127.0.0.1:82 (iif lo)',
        '  ip u in: policy  => accept\n',
      ].join('\n'),
    );
  });

  it('gives the number of a rule whose text nft does not know', () => {
    const hop = parseTrace('trace id c6775c9b ip t n unknown rule handle 2 (verdict accept)');
    expect([hop?.kind, hop?.text, hop?.verdict]).to.eql(['rule', 'handle 2', 'accept']);
  });

  it('shows IPv6 addresses in brackets', () => {
    const line =
      'trace id 1 ip6 t n packet: iif "eth0" ip6 saddr fd56::1 ip6 daddr fd17::80 udp sport 9 udp dport 53';
    const hop = parseTrace(line);
    expect(hop && traceText([hop])).to.equal('packet [fd56::1]:9 -> [fd17::80]:53 (iif eth0)\n');
  });

  it('marks the first packet of one flow alone, in a table of its own that it can take away', () => {
    const flow = { from: '172.16.1.9', to: '172.17.0.80', port: 80, protocol: 'tcp' } as const;
    const text = traceRules(flow, '7');
    expect(text).to.match(/ip saddr 172\.16\.1\.9 ip daddr 172\.17\.0\.80 tcp dport 80 ct state new limit/);
    expect(text.startsWith('table ip workshop-proxy-trace-7 {')).to.equal(true);
    expect(removeTraceRules(flow, '7')).to.match(/delete table ip workshop-proxy-trace-7\n$/);
    expect(traceRules({ ...flow, from: undefined, to: 'fd17::80' }, '7')).to.match(
      /^table ip6 [\s\S]* ip6 daddr fd17::80/,
    );
  });
});

import { expect } from 'chai';
import { parseServers, parseSets } from '../../../../proxy/backends/ipvs/read.ts';

/** As `ipvsadm -Ln` 1.31 and `ipset save` 7.17 print on Linux 6.1. */
const table = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  172.17.0.80:80 sh (sh-fallback,sh-port) persistent 10800
  -> 172.16.1.2:8080              Masq    1      2          3         
  -> 172.16.1.3:8080              Masq    0      0          0         
UDP  172.17.0.80:80 mh (mh-port)
SCTP 172.17.0.80:80 nq
TCP  [fd17::80]:80 rr persistent 100
  -> [fd16:0:0:1::2]:8080         Masq    0      0          0         
FWM  8192 lblcr
  -> 172.16.1.2:8080              Masq    1      0          0         
FWM  8193 IPv6 sed
`;

describe('the table of virtual servers, read back', () => {
  const four = parseServers(table, 'IPv4');
  const six = parseServers(table, 'IPv6');

  it('has each family apart, those for marks too', () => {
    expect([...four.keys()]).to.deep.equal([
      'TCP 172.17.0.80:80',
      'UDP 172.17.0.80:80',
      'SCTP 172.17.0.80:80',
      'FWM 8192',
    ]);
    expect([...six.keys()]).to.deep.equal(['TCP [fd17::80]:80', 'FWM 8193']);
  });

  it('has scheduler, switches, persistence, weights and connections', () => {
    const server = four.get('TCP 172.17.0.80:80');
    expect(server).to.include({ scheduler: 'sh', flags: 'sh-fallback,sh-port', persistence: 10_800 });
    expect([...(server?.reals ?? [])]).to.deep.equal([
      ['172.16.1.2:8080', 1],
      ['172.16.1.3:8080', 0],
    ]);
    expect(server?.connections.get('172.16.1.2:8080')).to.equal(5);
    expect(four.get('UDP 172.17.0.80:80')).to.include({ scheduler: 'mh', flags: 'mh-port', persistence: 0 });
    expect(six.get('TCP [fd17::80]:80')?.reals.get('[fd16:0:0:1::2]:8080')).to.equal(0);
  });

  it('is empty when the kernel has none, and for anything else', () => {
    expect(parseServers('', 'IPv4').size).to.equal(0);
    expect(parseServers('  -> 172.16.1.2:8080 Masq 1 0 0\n', 'IPv4').size).to.equal(0);
  });
});

describe('ipsets, read back', () => {
  const saved = `create WORKSHOP-MARKS hash:ip,port family inet hashsize 1024 maxelem 1048576 skbinfo bucketsize 12 initval 0xef
add WORKSHOP-MARKS 172.17.0.80,tcp:80 skbmark 0x2001
create WORKSHOP-6-MARKS hash:ip,port family inet6 hashsize 1024 maxelem 1048576 skbinfo
create SOMEBODYS hash:ip family inet
add SOMEBODYS 10.0.0.1
`;

  it('are ours of that family alone, with marks', () => {
    const sets = parseSets(saved, 'IPv4');
    expect([...sets.keys()]).to.deep.equal(['MARKS']);
    expect([...(sets.get('MARKS') ?? [])]).to.deep.equal([['172.17.0.80,tcp:80', 0x2001]]);
    expect([...parseSets(saved, 'IPv6').keys()]).to.deep.equal(['MARKS']);
  });
});

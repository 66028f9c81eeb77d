import { expect } from 'chai';
import { linesWith } from '../../../scripts/proxy/rules.ts';

const listing = `table ip workshop-proxy {
	map services {
		type ipv4_addr . inet_proto . inet_service : classid
		elements = { 172.17.0.10 . tcp . 53 : 4:2, 172.17.0.10 . udp . 53 : 4:3,
			     172.17.0.1 . tcp . 443 : 4:1 }
	}

	map endpoints {
		type classid : ipv4_addr . inet_service
		elements = { 0:1 : 192.168.56.10 . 6443, 0:2 : 172.16.0.2 . 53 }
	}

	chain services {
		ip daddr 172.17.0.1 drop
	}
}
`;

describe('the rules of one Service', () => {
  it('are the elements and rules with its addresses, each below the name of its place', () => {
    expect(linesWith(listing, new Set(['172.17.0.1', '192.168.56.10']))).to.equal(
      'map services:\n  172.17.0.1 . tcp . 443 : 4:1\n' +
        'map endpoints:\n  0:1 : 192.168.56.10 . 6443\n' +
        'chain services:\n  ip daddr 172.17.0.1 drop\n',
    );
  });

  it('do not hold those of another whose address begins alike', () => {
    expect(linesWith(listing, new Set(['172.17.0.10']))).to.equal(
      'map services:\n  172.17.0.10 . tcp . 53 : 4:2\n  172.17.0.10 . udp . 53 : 4:3\n',
    );
  });

  it('are none when nothing has its addresses', () => {
    expect(linesWith(listing, new Set(['10.0.0.1']))).to.equal('');
  });
});

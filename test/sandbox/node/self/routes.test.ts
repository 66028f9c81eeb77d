import { expect } from 'chai';
import type { NodeObject } from '../../../../sandbox/node/self/node-status.ts';
import { routesFor } from '../../../../sandbox/node/self/routes.ts';

const node = (name: string, podCIDR?: string, address?: string): NodeObject => ({
  metadata: { name },
  spec: podCIDR ? { podCIDR } : {},
  status: address ? { addresses: [{ type: 'InternalIP', address }] } : {},
});

describe('routes to other nodes', () => {
  it('lead to each other node that has a podCIDR and an address', () => {
    const nodes = [
      node('a', '172.16.0.0/24', '192.168.56.10'),
      node('b', '172.16.1.0/24', '192.168.56.11'),
      node('new', undefined, '192.168.56.12'),
      node('lost', '172.16.3.0/24'),
    ];
    expect([...routesFor('a', nodes)]).to.deep.equal([['172.16.1.0/24', '192.168.56.11']]);
  });
});

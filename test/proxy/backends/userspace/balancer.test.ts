import { expect } from 'chai';
import fc from 'fast-check';
import { createBalancer, type Target } from '../../../../proxy/backends/userspace/balancer.ts';

const at = (...ports: number[]): Target[] => ports.map((port) => ({ address: '172.16.1.2', port }));

describe('balancer of the userspace mode', () => {
  it('goes round strictly, and gives the rest of the round as the order to try', () => {
    const balancer = createBalancer();
    balancer.update(at(1, 2, 3), undefined);
    const orders = Array.from({ length: 4 }, () => balancer.pick('a', 0).map(({ port }) => port));
    expect(orders).to.eql([
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 2],
      [1, 2, 3],
    ]);
  });

  it('has nobody to offer without endpoints', () => {
    expect(createBalancer().pick('a', 0)).to.eql([]);
  });

  it('keeps the place in the round when endpoints come and go', () => {
    const balancer = createBalancer();
    balancer.update(at(1, 2, 3), undefined);
    balancer.pick('a', 0);
    balancer.update(at(2, 3, 4), undefined);
    expect([0, 0, 0, 0].map(() => balancer.pick('a', 0)[0]?.port)).to.eql([2, 3, 4, 2]);
  });

  it('keeps a client on its endpoint until the timeout after its last connection', () => {
    const balancer = createBalancer();
    balancer.update(at(1, 2), 10);
    const ask = (client: string, now: number) => balancer.pick(client, now)[0]?.port;
    expect([ask('a', 0), ask('a', 9000), ask('b', 9000), ask('a', 18_999)]).to.eql([1, 1, 2, 1]);
    expect(ask('c', 20_000)).to.equal(1);
    expect(ask('a', 28_999)).to.equal(2);
  });

  it('gives a client whose endpoint does not answer the one that did', () => {
    const balancer = createBalancer();
    balancer.update(at(1, 2, 3), 10);
    const order = balancer.pick('a', 0);
    balancer.met('a', order[1], 0);
    expect(balancer.pick('a', 1)[0]?.port).to.equal(2);
    balancer.met('a', undefined, 1);
    expect(balancer.pick('a', 2)[0]?.port).to.equal(2);
  });

  it('forgets clients of an endpoint that has gone, and all of them when affinity is off', () => {
    const balancer = createBalancer();
    balancer.update(at(1, 2, 3), 10);
    balancer.pick('a', 0);
    balancer.update(at(2, 3), 10);
    expect(balancer.pick('a', 1)[0]?.port).to.equal(2);
    balancer.update(at(2, 3), undefined);
    expect(balancer.sweep(1)).to.equal(0);
  });

  it('sweeps records that have timed out', () => {
    const balancer = createBalancer();
    balancer.update(at(1), 10);
    for (let i = 0; i < 5; i++) balancer.pick(`client ${i}`, i * 1000);
    expect(balancer.sweep(11_500)).to.equal(3);
  });

  it('bounds the number of clients it remembers', () => {
    const balancer = createBalancer();
    balancer.update(at(1), 10);
    for (let i = 0; i < 66_000; i++) balancer.pick(`client ${i}`, 0);
    expect(balancer.sweep(0)).to.equal(65_536);
  });

  it('never differs by more than one turn between endpoints that stay, and offers each exactly once (property)', () => {
    const ports = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(ports, fc.integer({ min: 1, max: 40 }), ports, (first, picks, second) => {
        const balancer = createBalancer();
        balancer.update(at(...first), undefined);
        for (let i = 0; i < picks % 7; i++) balancer.pick('a', 0);
        balancer.update(at(...second), undefined);
        const count = new Map(second.map((port) => [port, 0]));
        for (let i = 0; i < picks; i++) {
          const order = balancer.pick('a', 0).map(({ port }) => port);
          expect([...order].sort()).to.eql([...second].sort());
          count.set(order[0] ?? 0, (count.get(order[0] ?? 0) ?? 0) + 1);
        }
        expect(Math.max(...count.values()) - Math.min(...count.values())).to.be.at.most(1);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('sends a client with a record always to a present endpoint, the same one while it stays (property)', () => {
    const ports = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(ports, fc.constantFrom('a', 'b', 'c')), { maxLength: 30 }), (steps) => {
        const balancer = createBalancer();
        const last = new Map<string, number>();
        for (const [list, client] of steps) {
          balancer.update(at(...list), 100);
          for (const [who, port] of last) if (!list.includes(port)) last.delete(who);
          const [picked] = balancer.pick(client, 0);
          expect(list).to.include(picked?.port);
          if (last.has(client)) expect(picked?.port).to.equal(last.get(client));
          last.set(client, picked?.port ?? 0);
        }
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});

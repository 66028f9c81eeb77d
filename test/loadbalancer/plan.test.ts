import { expect } from 'chai';
import { planAddress, planAll } from '../../loadbalancer/plan.ts';
import { parsePool } from '../../loadbalancer/pool.ts';
import type { Service } from '../../loadbalancer/service.ts';
import { service } from '../sandbox/controllers/build.ts';

describe('the address of a LoadBalancer', () => {
  const pool = parsePool('192.168.56.240-192.168.56.242');
  const lb = (spec: Service['spec'] = {}, ip?: string): Service => ({
    ...service({ type: 'LoadBalancer', ...spec }),
    ...(ip && { status: { loadBalancer: { ingress: [{ ip }] } } }),
  });
  const taken = (...addresses: string[]) => new Set(addresses);
  const all = taken('192.168.56.240', '192.168.56.241', '192.168.56.242');
  const cases: [string, Service, typeof pool | undefined, Set<string>, object][] = [
    [
      'the first that is free',
      lb(),
      pool,
      taken('192.168.56.240'),
      { kind: 'assign', address: '192.168.56.241' },
    ],
    ['none is left', lb(), pool, all, { kind: 'refuse', why: 'no available IPs' }],
    [
      'the wished one',
      lb({ loadBalancerIP: '192.168.56.242' }),
      pool,
      taken(),
      { kind: 'assign', address: '192.168.56.242' },
    ],
    [
      'a wish outside the pool',
      lb({ loadBalancerIP: '10.0.0.1' }),
      pool,
      taken(),
      { kind: 'refuse', why: '"10.0.0.1" is not allowed in config' },
    ],
    [
      'a wish that another has',
      lb({ loadBalancerIP: '192.168.56.240' }),
      pool,
      all,
      { kind: 'refuse', why: 'address "192.168.56.240" is already in use by another service' },
    ],
    ['what it has is kept', lb({}, '192.168.56.242'), pool, taken(), { kind: 'keep' }],
    [
      'what it has gives way to a wish',
      lb({ loadBalancerIP: '192.168.56.241' }, '192.168.56.242'),
      pool,
      taken(),
      { kind: 'assign', address: '192.168.56.241' },
    ],
    [
      'what it has and another too is replaced',
      lb({}, '192.168.56.240'),
      pool,
      taken('192.168.56.240'),
      { kind: 'assign', address: '192.168.56.241' },
    ],
    [
      'what lies outside the pool is replaced',
      lb({}, '10.0.0.1'),
      pool,
      taken(),
      { kind: 'assign', address: '192.168.56.240' },
    ],
    ['no pool: it stays pending', lb(), undefined, taken(), { kind: 'keep' }],
    ['no pool any more: it is taken away', lb({}, '192.168.56.240'), undefined, taken(), { kind: 'clear' }],
    ['another type has none', service(), pool, taken(), { kind: 'keep' }],
    ['a changed type loses it', lb({ type: 'NodePort' }, '192.168.56.240'), pool, taken(), { kind: 'clear' }],
    [
      'a foreign class is left alone',
      lb({ loadBalancerClass: 'x/y' }, '10.0.0.1'),
      pool,
      taken(),
      { kind: 'keep' },
    ],
  ];
  for (const [title, object, from, others, expected] of cases) {
    it(title, () => expect(planAddress(object, from, others)).to.deep.equal(expected));
  }

  it('no two Services get the same, and the older one keeps what two have', () => {
    const named = (name: string, age: string, ip?: string, spec: Service['spec'] = {}): Service => ({
      ...lb(spec, ip),
      metadata: { name, namespace: 'x', creationTimestamp: `2026-01-0${age}T00:00:00Z` } as never,
    });
    const { verdicts, addresses } = planAll(
      [
        named('young', '2', '192.168.56.240'),
        named('old', '1', '192.168.56.240'),
        named('new', '3'),
        named('wishing', '4', undefined, { loadBalancerIP: '192.168.56.241' }),
      ],
      pool,
    );
    expect(Object.fromEntries(verdicts)).to.deep.equal({
      'x/old': { kind: 'keep' },
      'x/wishing': { kind: 'assign', address: '192.168.56.241' },
      'x/young': { kind: 'assign', address: '192.168.56.242' },
      'x/new': { kind: 'refuse', why: 'no available IPs' },
    });
    expect([...addresses].sort()).to.deep.equal(['192.168.56.240', '192.168.56.241', '192.168.56.242']);
  });

  it('a pool that is none is refused', () => {
    for (const text of ['', '1.2.3', '1.2.3.9-1.2.3.4', 'a-b', 'fd00::1-fd00::2']) {
      expect(() => parsePool(text), text).to.throw(RangeError);
    }
    expect(parsePool('1.2.3.4')).to.deep.equal(parsePool('1.2.3.4-1.2.3.4'));
  });
});

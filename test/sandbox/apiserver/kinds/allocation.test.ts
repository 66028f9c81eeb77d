import { expect } from 'chai';
import { contains, parseCidr } from '../../../../lib/ip.ts';
import type { KindContext, StoredObject } from '../../../../sandbox/apiserver/kinds/kind.ts';
import { firstFree, staticBand } from '../../../../sandbox/apiserver/kinds/service/addresses.ts';
import { service } from '../../../../sandbox/apiserver/kinds/service/kind.ts';
import type { ServiceObject, ServiceSpec } from '../../../../sandbox/apiserver/kinds/service/object.ts';

describe('allocation of cluster addresses', () => {
  const small = parseCidr('10.0.0.0/27');

  it('keeps the static band of KEP-3070 and KEP-3668 free', () => {
    const bands = [16, 32, 256, 4096, 16_384].map((size) => staticBand(size, { step: 16, max: 256 }));
    expect(bands).to.deep.equal([0, 16, 16, 256, 256]);
    expect(staticBand(2768, { step: 32, max: 128 })).to.equal(86);
  });

  for (const [chance, address] of [
    [0, '10.0.0.17'],
    [0.5, '10.0.0.24'],
    [0.999, '10.0.0.30'],
  ] as const) {
    it(`takes ${address} above the band at chance ${chance}`, () => {
      expect(firstFree(small, [], chance)).to.equal(address);
    });
  }

  it('goes round the end of the range', () => {
    expect(firstFree(small, [holding('10.0.0.30')], 0.999)).to.equal('10.0.0.17');
  });

  it('falls back to the band when all else is taken, and then finds nothing', () => {
    const upper = Array.from({ length: 14 }, (_, index) => holding(`10.0.0.${17 + index}`));
    expect(firstFree(small, upper, 0)).to.equal('10.0.0.1');
    const all = Array.from({ length: 30 }, (_, index) => holding(`10.0.0.${1 + index}`));
    expect(firstFree(small, all, 0.3)).to.equal(undefined);
  });

  it('says when the range is full', () => {
    const all = Array.from({ length: 30 }, (_, index) => holding(`10.0.0.${1 + index}`));
    const { errors } = allocate({ ports: [{ port: 80 }] }, all, { range: '10.0.0.0/27' });
    expect(errors).to.deep.equal([
      'spec.clusterIPs: Internal error: failed to allocate a serviceIP: range is full',
    ]);
  });

  it('gives a thousand Services a thousand addresses of the dynamic band', () => {
    const made: ServiceObject[] = [];
    for (let index = 0; index < 1000; index++) made.push(allocate({ ports: [{ port: 80 }] }, made).object);
    const addresses = made.map(({ spec }) => spec.clusterIP ?? '');
    expect(new Set(addresses).size).to.equal(1000);
    expect(addresses.every((address) => contains(parseCidr('172.17.0.0/18'), address))).to.equal(true);
    expect(addresses.filter((address) => /^172\.17\.0\./.test(address))).to.deep.equal([]);
  });
});

describe('allocation of node ports', () => {
  it('takes free ports above the band, and from the band when nothing else is left', () => {
    const ports: [number, number] = [30_000, 30_039];
    const made: ServiceObject[] = [];
    for (let index = 0; index < 40; index++) made.push(allocate(nodePort(), made, { ports }).object);
    const numbers = made.map(({ spec }) => spec.ports?.[0]?.nodePort ?? 0);
    expect(Math.min(...numbers.slice(0, 24))).to.equal(30_016);
    expect(new Set(numbers).size).to.equal(40);
    const { errors } = allocate(nodePort(), made, { ports });
    expect(errors).to.deep.equal([
      'spec.ports[0].nodePort: Internal error: failed to allocate a nodePort: range is full',
    ]);
  });

  it('counts a health check port as taken', () => {
    const balanced: ServiceSpec = {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      ports: [{ port: 80 }],
    };
    const { object } = allocate({ ...balanced, healthCheckNodePort: 30_500 }, []);
    const { errors } = allocate(nodePort(30_500), [object]);
    expect(errors).to.deep.equal([
      'spec.ports[0].nodePort: Invalid value: 30500: provided port is already allocated',
    ]);
  });

  it('gives a port back when the Service that had it is no more', () => {
    const first = allocate(nodePort(30_501), []).object;
    expect(allocate(nodePort(30_501), [first]).errors).to.have.length(1);
    expect(allocate(nodePort(30_501), []).errors).to.deep.equal([]);
  });
});

describe('a dry run', () => {
  const dryRun = true;
  const addressed = (address: string): ServiceSpec => ({
    clusterIP: address,
    clusterIPs: [address],
    ports: [{ port: 80 }],
  });

  it('shows numbers that nobody will get', () => {
    const { object, errors } = allocate(
      {
        type: 'NodePort',
        ports: [
          { name: 'http', port: 80 },
          { name: 'https', port: 443 },
        ],
      },
      [holding('172.17.0.0')],
      { dryRun },
    );
    expect(errors).to.deep.equal([]);
    expect(object.spec.clusterIP).to.equal('172.17.0.0');
    expect(object.spec.ports?.map((port) => port.nodePort)).to.deep.equal([32_769, 32_770]);
  });

  it('looks at the range of addresses, not at who has one', () => {
    expect(allocate(addressed('172.17.0.9'), [holding('172.17.0.9')], { dryRun }).errors).to.deep.equal([]);
    for (const address of ['10.0.171.239', '172.17.0.0', '172.17.63.255']) {
      expect(allocate(addressed(address), [], { dryRun }).errors).to.deep.equal([
        `spec.clusterIPs: Invalid value: ["${address}"]: failed to allocate IP ${address}: the provided IP (${address}) is not in the valid range. The range of valid IPs is 172.17.0.0/18`,
      ]);
    }
  });

  it('looks at who has a node port, not at the range', () => {
    expect(allocate(nodePort(80), [], { dryRun }).errors).to.deep.equal([]);
    const { object } = allocate(nodePort(30_501), []);
    expect(allocate(nodePort(30_501), [object], { dryRun }).errors).to.deep.equal([
      'spec.ports[0].nodePort: Invalid value: 30501: provided port is already allocated',
    ]);
  });
});

function holding(address: string): ServiceObject {
  return newService({ clusterIP: address, clusterIPs: [address] });
}

function nodePort(port?: number): ServiceSpec {
  return { type: 'NodePort', ports: [port === undefined ? { port: 80 } : { port: 80, nodePort: port }] };
}

function newService(spec: ServiceSpec): ServiceObject {
  const metadata = { name: 'web', uid: '', resourceVersion: '', creationTimestamp: '' };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec, status: {} };
}

function allocate(
  spec: ServiceSpec,
  services: readonly StoredObject[],
  { range = '172.17.0.0/18', ports = [30_000, 32_767] as [number, number], dryRun = false } = {},
): { object: ServiceObject; errors: string[] } {
  const object = newService(structuredClone(spec));
  const context: KindContext = {
    now: 0,
    dryRun,
    config: { serviceClusterIPRange: range, serviceNodePortRange: ports },
    find: () => services,
  };
  service.setDefaults?.(object);
  const errors = service.allocate?.(object, undefined, context) ?? [];
  return { object, errors: errors.map(({ field, message }) => `${field}: ${message}`) };
}

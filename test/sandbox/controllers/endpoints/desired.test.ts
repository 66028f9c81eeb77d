import { expect } from 'chai';
import { desiredEndpoints } from '../../../../sandbox/controllers/endpoints/desired.ts';
import type { Pod, Service } from '../../../../sandbox/controllers/objects.ts';
import { pod, service } from '../build.ts';

describe('the Endpoints of a Service', () => {
  const addresses = (owner: Service, pods: Pod[]) =>
    desiredEndpoints(owner, pods).subsets.map((subset) => [
      subset.addresses?.map(({ ip }) => ip),
      subset.notReadyAddresses?.map(({ ip }) => ip),
      subset.ports?.map(({ port }) => port),
    ]);
  const [a, b] = ['172.16.1.1', '172.16.1.2'];

  it('parts ready from not ready, in the order of the addresses', () => {
    const pods = [pod({ ip: b }), pod({ ip: a }), pod({ ip: '172.16.1.3', ready: false })];
    expect(addresses(service(), pods)).to.deep.equal([[[a, b], ['172.16.1.3'], [80]]]);
  });

  it('leaves out pods that end, unless all are to be published', () => {
    const pods = [pod({ ip: a, deleting: true }), pod({ ip: b, phase: 'Failed' }), pod()];
    expect(addresses(service(), pods)).to.deep.equal([]);
    expect(addresses(service({ publishNotReadyAddresses: true }), pods)).to.deep.equal([
      [[a], undefined, [80]],
    ]);
  });

  it('puts pods with other numbers behind a port name into another subset, and leaves out those without it', () => {
    const named = (name: string, containerPort: number) => ({
      containers: [{ name: 'c', ports: [{ name, containerPort }] }],
    });
    const owner = service({ ports: [{ port: 80, targetPort: 'http' }] });
    const pods = [
      pod({ ip: a, spec: named('http', 8080) }),
      pod({ ip: b, spec: named('http', 9090) }),
      pod({ ip: '172.16.1.3', spec: named('other', 1) }),
    ];
    expect(addresses(owner, pods)).to.deep.equal([
      [[a], undefined, [8080]],
      [[b], undefined, [9090]],
    ]);
  });

  it('a headless Service without ports has addresses alone', () => {
    const owner = service({ clusterIP: 'None', ports: [] });
    expect(addresses(owner, [pod({ ip: a })])).to.deep.equal([[[a], undefined, undefined]]);
  });

  it('stops at a thousand addresses, ready ones first', () => {
    const many = Array.from({ length: 1100 }, (_, i) =>
      pod({ ip: `10.0.${i >> 8}.${i & 255}`, ready: i % 11 !== 0 }),
    );
    const { subsets, truncated } = desiredEndpoints(service(), many);
    expect(truncated).to.equal(true);
    expect([subsets[0]?.addresses?.length, subsets[0]?.notReadyAddresses]).to.deep.equal([1000, undefined]);
  });
});

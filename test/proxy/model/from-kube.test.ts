import { expect } from 'chai';
import { nodeRecord, serviceRecord, sliceRecord } from '../../../proxy/model/from-kube.ts';
import { node, service, slice } from '../objects.ts';

describe('what the proxy keeps of API objects', () => {
  it('nothing of a Service without virtual address', () => {
    expect(serviceRecord(service({ clusterIP: 'None' }))).to.equal(undefined);
    expect(serviceRecord(service({ clusterIP: '' }))).to.equal(undefined);
    expect(serviceRecord(service({ type: 'ExternalName' }))).to.equal(undefined);
  });

  it('the default timeout of session affinity', () => {
    expect(serviceRecord(service({ spec: { sessionAffinity: 'ClientIP' } }))?.affinitySeconds).to.equal(
      10_800,
    );
    expect(serviceRecord(service({}))?.affinitySeconds).to.equal(undefined);
  });

  it('ingress addresses that the node serves: not host names, not ipMode Proxy, not of other types', () => {
    const ingress = [{ ip: '10.0.0.1' }, { hostname: 'lb' }, { ip: '10.0.0.2', ipMode: 'Proxy' }];
    const kept = (type: string) => serviceRecord(service({ type, ingress }))?.vips;
    expect(kept('LoadBalancer')).to.eql(['10.0.0.1']);
    expect(kept('NodePort')).to.eql([]);
  });

  it('externalTrafficPolicy Local only where there is something external', () => {
    const spec = { externalTrafficPolicy: 'Local', healthCheckNodePort: 32_000 };
    const kept = (more: object) => serviceRecord(service({ ...more, spec }));
    expect(kept({})?.externalLocal).to.equal(false);
    expect(kept({ externalIPs: ['10.0.0.1'] })?.externalLocal).to.equal(true);
    expect(kept({ type: 'NodePort' })).to.include({ externalLocal: true, healthCheckNodePort: 0 });
    expect(kept({ type: 'LoadBalancer' })).to.include({ externalLocal: true, healthCheckNodePort: 32_000 });
  });

  it('unset conditions of an endpoint: ready and serving, not terminating', () => {
    const { metadata } = slice({ endpoints: [] });
    const bare = {
      metadata,
      addressType: 'IPv4',
      ports: [{ name: '', port: 80 }],
      endpoints: [{ addresses: ['10.0.0.1'] }],
    };
    expect(sliceRecord(bare as never)?.endpoints[0]).to.include({
      ready: true,
      serving: true,
      terminating: false,
    });
  });

  it('no slice without a Service, of host names, or with addresses of the wrong family', () => {
    const good = slice({ endpoints: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] });
    expect(sliceRecord(good as never)?.endpoints).to.have.length(1);
    expect(sliceRecord({ ...good, addressType: 'FQDN' } as never)).to.equal(undefined);
    expect(sliceRecord({ ...good, metadata: { name: 'x' } } as never)).to.equal(undefined);
  });

  it('no slice port without name or number', () => {
    const given = {
      ...slice({ endpoints: [] }),
      ports: [{ port: 80 }, { name: 'a' }, { name: 'b', port: 81 }],
    };
    expect(sliceRecord(given as never)?.ports).to.eql([{ name: 'b', port: 81, protocol: 'TCP' }]);
  });

  it('a Node that is being deleted as leaving', () => {
    const given = node({ name: 'n1', addresses: ['10.0.0.1'] });
    expect(nodeRecord(given as never).leaving).to.equal(false);
    const deleted = { ...given, metadata: { ...given.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(nodeRecord(deleted as never).leaving).to.equal(true);
  });
});

import { expect } from 'chai';
import { silentLog } from '../../lib/log.ts';
import { createDriver } from '../../proxy/driver.ts';
import { nodeRecord, serviceRecord, sliceRecord } from '../../proxy/model/from-kube.ts';
import { Store } from '../../proxy/model/store.ts';
import { node, type ServiceSpec, service, slice } from './objects.ts';

const signal = new AbortController().signal;

/** A driver whose backend only takes the units in. */
function driverFor(store: Store) {
  const backend = {
    sync: async ({ units }: { units: Iterable<unknown> }) => ({ written: [...units].length }),
    settle: async () => {},
    verify: async () => undefined,
  };
  return createDriver('IPv4', store, backend, silentLog);
}

const inner: ServiceSpec = { spec: { internalTrafficPolicy: 'Local' } };
const outer: ServiceSpec = {
  type: 'NodePort',
  ports: [{ port: 80, nodePort: 30_080 }],
  spec: { externalTrafficPolicy: 'Local' },
};

describe('what a driver counts of Services without an endpoint on this node', () => {
  const store = new Store('n1');
  const driver = driverFor(store);

  function set(name: string, given: ServiceSpec, nodeName: string): void {
    store.setService(`default/${name}`, serviceRecord(service({ name, ...given })));
    const endpoints = [{ ip: '172.16.1.2', node: nodeName }];
    store.setSlice(`default/${name}`, sliceRecord(slice({ service: name, endpoints }) as never));
  }

  before(() => store.setNode(nodeRecord(node({ name: 'n1', addresses: ['192.168.56.11'] }) as never)));

  it('is by policy, and follows changes, removals and full syncs', async () => {
    set('inner', inner, 'n2');
    set('outer', outer, 'n2');
    set('served', inner, 'n1');
    await driver.sync(store.take(), true, signal);
    expect(driver.missingLocals).to.eql({ internal: 1, external: 1 });

    set('inner', inner, 'n1');
    await driver.sync(store.take(), false, signal);
    expect(driver.missingLocals).to.eql({ internal: 0, external: 1 });

    set('served', inner, 'n2');
    store.setService('default/outer', undefined);
    await driver.sync(store.take(), false, signal);
    expect(driver.missingLocals).to.eql({ internal: 1, external: 0 });

    await driver.sync(store.take(), true, signal);
    expect(driver.missingLocals).to.eql({ internal: 1, external: 0 });
  });
});

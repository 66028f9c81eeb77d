import { expect } from 'chai';
import { newEvent } from '../../../lib/kube/event.ts';

const fields = { type: 'Normal', reason: 'Starting', message: 'it starts' } as const;

describe('an event', () => {
  it('names its object by what is known of it, and lives where that lives', () => {
    const about = { apiVersion: 'v1', kind: 'Service', name: 'web', namespace: 'shop', uid: undefined };
    const { metadata, involvedObject } = newEvent(about, fields, { component: 'test' });
    expect(metadata.namespace).to.equal('shop');
    expect(involvedObject).to.deep.equal({
      apiVersion: 'v1',
      kind: 'Service',
      name: 'web',
      namespace: 'shop',
    });
  });

  it('about an object without a namespace is in default', () => {
    const { metadata } = newEvent({ apiVersion: 'v1', kind: 'Node', name: 'n1' }, fields, {
      component: 'test',
    });
    expect(metadata.namespace).to.equal('default');
  });

  it('has a name of its own, in the order of time', () => {
    const about = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
    const names = Array.from(
      { length: 1000 },
      () => newEvent(about, fields, { component: 'test' }).metadata.name,
    );
    expect(names).to.deep.equal([...new Set(names)].toSorted());
  });

  it('tells times in whole seconds, and the node where it matters', () => {
    const about = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
    const event = newEvent(about, fields, { component: 'kubelet', host: 'n1' });
    expect(event.firstTimestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(event).to.deep.include({ source: { component: 'kubelet', host: 'n1' }, reportingInstance: 'n1' });
  });
});

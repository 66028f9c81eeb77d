import { expect } from 'chai';
import type { KindContext, StoredObject } from '../../../../sandbox/apiserver/kinds/kind.ts';
import { pod } from '../../../../sandbox/apiserver/kinds/pod/kind.ts';

describe('pull secrets of a pod', () => {
  it('are those of its service account when it has none', () => {
    expect(admitted({})).to.deep.equal([{ name: 'regcred' }]);
    expect(admitted({ imagePullSecrets: [{ name: 'own' }] })).to.deep.equal([{ name: 'own' }]);
    expect(admitted({ serviceAccountName: 'other' })).to.equal(undefined);
  });
});

function admitted(spec: Record<string, unknown>): unknown {
  const metadata = { name: 'default', uid: '', resourceVersion: '', creationTimestamp: '' };
  const account: StoredObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata,
    imagePullSecrets: [{ name: 'regcred' }],
  };
  const context: KindContext = {
    now: 0,
    dryRun: false,
    config: { serviceClusterIPRange: '172.17.0.0/18', serviceNodePortRange: [30_000, 32_767] },
    find: () => [account],
  };
  const object: StoredObject = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [], ...spec } };
  pod.setDefaults?.(object);
  pod.prepareForCreate?.(object, context);
  return (object['spec'] as { imagePullSecrets?: unknown }).imagePullSecrets;
}

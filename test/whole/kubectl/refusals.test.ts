import { expect } from 'chai';
import { kubectlSession, web } from './session.ts';

describe('kubectl, as it is installed, against the sandbox: refusals, word for word', function () {
  this.timeout(90_000);
  const { succeeds, fails, cluster, ready } = kubectlSession('kubectl-refusals');
  before(ready);

  const service = (spec: object, name = 'refused') =>
    JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
  const cases: readonly [string, string, string][] = [
    [
      'a bad port name',
      service({ ports: [{ port: 80, name: '123_abc' }] }),
      'spec.ports[0].name: Invalid value: "123_abc"',
    ],
    [
      'a port out of range',
      service({ ports: [{ port: 70000 }] }),
      'spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      'a cluster IP outside the range',
      service({ ports: [{ port: 80 }], clusterIP: '10.0.171.239' }),
      'spec.clusterIPs: Invalid value: ["10.0.171.239"]: failed to allocate IP 10.0.171.239: the provided network does not match the current range',
    ],
    [
      'a cluster IP that is taken',
      service({ ports: [{ port: 80 }], clusterIP: '172.17.0.1' }),
      'spec.clusterIPs: Invalid value: ["172.17.0.1"]: failed to allocate IP 172.17.0.1: provided IP is already allocated',
    ],
    [
      'a node port out of range',
      service({ type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }),
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      'an unknown field',
      service({ ports: [{ port: 80, targetport: 90 }] }),
      'strict decoding error: unknown field "spec.ports[0].targetport"',
    ],
    ['a wrong type', service({ ports: [{ port: '80' }] }), 'cannot be handled as a Service'],
    [
      'several ports without names',
      service({ ports: [{ port: 80 }, { port: 81 }] }),
      'spec.ports[0].name: Required value',
    ],
  ];
  for (const [what, manifestText, words] of cases) {
    it(`refuses ${what}`, () => fails(['create', '-f', '-'], words, { input: manifestText }));
  }

  it('refuses a node port that is taken', async () => {
    await succeeds(['create', '-f', '-'], /created/, {
      input: service({ type: 'NodePort', ports: [{ port: 80, nodePort: 32001 }] }, 'first'),
    });
    await fails(
      ['create', '-f', '-'],
      'spec.ports[0].nodePort: Invalid value: 32001: provided port is already allocated',
      {
        input: service({ type: 'NodePort', ports: [{ port: 80, nodePort: 32001 }] }, 'second'),
      },
    );
  });

  it('refuses to change what cannot change', async () => {
    await fails(
      ['patch', 'svc', 'web', '-p', '{"spec":{"clusterIP":"172.17.5.5"}}'],
      'spec.clusterIPs[0]: Invalid value',
    );
    await fails(
      ['patch', 'deploy', 'web', '-p', '{"spec":{"selector":{"matchLabels":{"app":"x"}}}}'],
      /field is immutable/,
    );
  });

  it('refuses a missing namespace and an unknown kind', async () => {
    const gone = await cluster().kubectl(['-n', 'nowhere', 'create', 'configmap', 'x']);
    expect(gone.stderr).to.equal('error: failed to create configmap: namespaces "nowhere" not found\n');
    await fails(['get', 'unicorns'], `error: the server doesn't have a resource type "unicorns"`);
    await fails(['apply', '-f', '-'], 'no matches for kind "Deployment" in version "extensions/v1beta1"', {
      input: web.replace('apps/v1', 'extensions/v1beta1'),
    });
  });
});

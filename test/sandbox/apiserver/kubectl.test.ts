import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../../lib/exec.ts';
import { startApi, type TestApi } from './start-api.ts';

const manifest = (image: string, more = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: ${image}, ports: [{containerPort: 80}]${more}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

describe('kubectl', () => {
  let api: TestApi;
  let file: string;
  async function kubectl(command: string, okCodes: readonly number[] = [0]): Promise<string> {
    const args = ['--kubeconfig', api.kubeconfig, ...command.split(' ')];
    const env = { HOME: api.folder };
    const { stdout, stderr, exitCode } = await run('kubectl', args, { timeoutMs: 20_000, env, okCodes });
    return (exitCode === 0 ? stdout : stderr).trim();
  }
  before(async () => {
    api = await startApi();
    file = join(api.folder, 'web.yaml');
    writeFileSync(file, manifest('nginx:1'));
  });
  after(() => api.close());

  /** One after another: each builds on what the ones before it did. */
  const steps: readonly [command: string, output: string | RegExp][] = [
    ['get namespaces', /^NAME +STATUS +AGE\ndefault +Active +\S+\nkube-node-lease +Active/],
    ['create namespace demo', 'namespace/demo created'],
    ['create configmap settings --from-literal=a=b -n demo', 'configmap/settings created'],
    ['get configmap settings -n demo -o jsonpath={.data.a}', 'b'],
    ['create secret generic s --from-literal=k=v', 'secret/s created'],
    ['create serviceaccount robot', 'serviceaccount/robot created'],
    ['create token robot', /^[\w-]+\.[\w-]+\.[\w-]+$/],
    ['create deployment typed --image=nginx --replicas=2', 'deployment.apps/typed created'],
    ['get deployment typed -o jsonpath={.spec.replicas}', '2'],
    ['apply -f FILE', 'deployment.apps/web created\nservice/web created'],
    ['apply -f FILE', 'deployment.apps/web unchanged\nservice/web unchanged'],
    ['get deployment web', /web +0\/3 +0 +0/],
    ['get deployment web -o wide', /web +0\/3 +0 +0 +\S+ +web +nginx:1 +app=web/],
    ['get deployment web -o custom-columns=N:.metadata.name --no-headers', 'web'],
    ['get service web', /web +ClusterIP +172\.17\.\d+\.\d+ +<none> +80\/TCP/],
    ['get services -l nothing=here', ''],
    ['get services --field-selector metadata.name=web -o name', 'service/web'],
    ['get services -A -o name', 'service/kubernetes\nservice/web'],
    ['scale deployment web --replicas=5', 'deployment.apps/web scaled'],
    ['set image deployment/web web=nginx:2', 'deployment.apps/web image updated'],
    [
      'get deployment web -o jsonpath={.spec.replicas}:{.spec.template.spec.containers[0].image}',
      '5:nginx:2',
    ],
    ['label service web tier=front', 'service/web labeled'],
    ['annotate service web note=x', 'service/web annotated'],
    ['patch service web -p {"spec":{"type":"NodePort"}}', 'service/web patched'],
    [
      'patch service web --type=json -p [{"op":"replace","path":"/spec/ports/0/port","value":81}]',
      'service/web patched',
    ],
    ['patch service web --type=merge -p {"metadata":{"labels":{"tier":null}}}', 'service/web patched'],
    ['get service web -o jsonpath={.spec.type}:{.spec.ports[0].port}:{.metadata.labels}', 'NodePort:81:'],
    ['expose deployment web --name=exposed --port=8080 --target-port=80', 'service/exposed exposed'],
    ['run one --image=busybox', 'pod/one created'],
    ['describe pod one', /^Name: +one\n[\s\S]*Image: +busybox/],
    ['describe service web', /^Name: +web\n[\s\S]*NodePort: +<unset> +3\d+\/TCP/],
    ['explain service.spec.ports.nodePort', /FIELD: nodePort <integer>/],
    ['api-versions', /^apps\/v1\n[\s\S]*discovery.k8s.io\/v1\nv1$/],
    [
      'api-resources --namespaced=false -o name',
      'namespaces\nnodes\nselfsubjectreviews.authentication.k8s.io\nselfsubjectaccessreviews.authorization.k8s.io',
    ],
    ['auth can-i delete pods', 'yes'],
    [
      'wait --for=jsonpath={.spec.replicas}=5 deployment/web --timeout=5s',
      'deployment.apps/web condition met',
    ],
    ['create configmap dry --from-literal=a=b --dry-run=server', 'configmap/dry created (server dry run)'],
    ['get configmap dry --ignore-not-found', ''],
    ['delete service exposed', 'service "exposed" deleted'],
    ['delete -f FILE', 'deployment.apps "web" deleted\nservice "web" deleted'],
    ['delete pods --all', 'pod "one" deleted'],
    ['delete namespace demo --wait=false', 'namespace "demo" deleted'],
    ['get namespace demo -o jsonpath={.status.phase}', 'Terminating'],
  ];
  for (const [command, expected] of steps) {
    it(command, async () => {
      const output = await kubectl(command.replace('FILE', file));
      if (typeof expected === 'string') expect(output).to.equal(expected);
      else expect(output).to.match(expected);
    });
  }

  it('apply configures what changed and leaves alone what others set', async () => {
    await kubectl(`apply -f ${file}`);
    await kubectl('annotate deployment web other=kept');
    writeFileSync(file, manifest('nginx:3', ', env: [{name: A, value: b}]'));
    expect(await kubectl(`apply -f ${file}`)).to.equal(
      'deployment.apps/web configured\nservice/web unchanged',
    );
    const template = 'jsonpath={.metadata.annotations.other}:{.spec.template.spec.containers[0].image}';
    expect(await kubectl(`get deployment web -o ${template}`)).to.equal('kept:nginx:3');
    writeFileSync(file, manifest('nginx:3'));
    await kubectl(`apply -f ${file}`);
    expect(await kubectl('get deployment web -o jsonpath={.spec.template.spec.containers[0].env}')).to.equal(
      '',
    );
  });

  const refusals: readonly [it: string, yaml: string, text: RegExp][] = [
    [
      'an unknown field',
      '{apiVersion: v1, kind: Service, metadata: {name: bad}, spec: {foo: 1, ports: [{port: 80}]}}',
      /Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.foo"$/,
    ],
    [
      'a wrong type',
      '{apiVersion: v1, kind: Service, metadata: {name: bad}, spec: {ports: [{port: eighty}]}}',
      /json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32$/,
    ],
    [
      'a bad port name',
      '{apiVersion: v1, kind: Service, metadata: {name: bad}, spec: {ports: [{port: 80, name: 123_abc}]}}',
      /^The Service "bad" is invalid: spec.ports\[0\].name: Invalid value: "123_abc": a lowercase RFC 1123 label/,
    ],
    [
      'an address outside the range',
      '{apiVersion: v1, kind: Service, metadata: {name: bad}, spec: {clusterIP: 10.0.171.239, ports: [{port: 80}]}}',
      /^The Service "bad" is invalid: spec.clusterIPs: Invalid value: \["10.0.171.239"\]: failed to allocate IP 10.0.171.239: the provided network does not match the current range|provided IP is not in the valid range/,
    ],
    [
      'a kind that is gone',
      '{apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: bad}, spec: {}}',
      /no matches for kind "Deployment" in version "extensions\/v1beta1"/,
    ],
  ];
  for (const [title, yaml, text] of refusals) {
    it(`apply shows the refusal of ${title}`, async () => {
      const bad = join(api.folder, 'bad.yaml');
      writeFileSync(bad, `---\n${yaml}`);
      expect(await kubectl(`apply -f ${bad}`, [0, 1])).to.match(text);
    });
  }

  it('replace of an object that others have changed is refused', async () => {
    const stale = join(api.folder, 'stale.yaml');
    writeFileSync(stale, await kubectl('get service web -o yaml'));
    await kubectl('label service web changed=yes');
    expect(await kubectl(`replace -f ${stale}`, [1])).to.contain(
      'Operation cannot be fulfilled on services "web": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  it('get -w shows changes until it is ended', async () => {
    const watching = kubectl('get configmap -w --request-timeout=2s', [0, 1]);
    await kubectl('create configmap seen --from-literal=a=b');
    await watching;
    const args = ['--kubeconfig', api.kubeconfig, 'get', 'configmap', 'seen', '-w', '--output-watch-events'];
    const { stdout } = await run('kubectl', [...args, '--request-timeout=1s'], {
      okCodes: [0, 1],
      timeoutMs: 20_000,
    });
    expect(stdout).to.match(/EVENT +NAME +DATA +AGE\nADDED +seen +1 +\S+/);
  });

  it('finds everything as it was after the server’s restart', async () => {
    const list =
      'get services,deployments,secrets,configmaps -A -o jsonpath={.items[*].metadata.resourceVersion}';
    const before = await kubectl(list);
    await api.restart();
    const after = await kubectl(list);
    expect(after.split(' ').slice(0, 3)).to.deep.equal(before.split(' ').slice(0, 3));
    expect(await kubectl('get deployment web -o name')).to.equal('deployment.apps/web');
  });
});

import { kubectlSession } from './session.ts';

describe('kubectl, as it is installed, against the sandbox: changing', function () {
  this.timeout(90_000);
  const { manifest, kubectl, succeeds, fails, ready } = kubectlSession('kubectl-changing');
  before(ready);

  it('scales, sets an image, shows history, undoes and restarts', async () => {
    await succeeds(['scale', 'deployment/web', '--replicas=3'], /scaled/);
    await succeeds(['rollout', 'status', 'deployment/web', '--timeout=30s'], /successfully/);
    await succeeds(['set', 'image', 'deployment/web', 'web=docker.io/nginx:1.29'], /image updated/);
    await succeeds(['rollout', 'status', 'deployment/web', '--timeout=60s'], /successfully/);
    await succeeds(['rollout', 'history', 'deployment/web'], /REVISION[\s\S]*1[\s\S]*2/);
    await succeeds(['rollout', 'undo', 'deployment/web'], /rolled back/);
    await succeeds(['rollout', 'status', 'deployment/web', '--timeout=60s'], /successfully/);
    await succeeds(['get', 'deploy', 'web', '-o', 'jsonpath={..image}'], /echo-hostname$/);
    await succeeds(['rollout', 'restart', 'deployment/web'], /restarted/);
    await succeeds(['rollout', 'status', 'deployment/web', '--timeout=60s'], /successfully/);
    await succeeds(['scale', 'deployment/web', '--replicas=2', '--current-replicas=3'], /scaled/);
  });

  it('labels, annotates, and takes both back', async () => {
    await succeeds(['label', 'svc', 'web', 'tier=front'], /service\/web labeled/);
    await fails(['label', 'svc', 'web', 'tier=back'], /already has a value/);
    await succeeds(['label', 'svc', 'web', 'tier=back', '--overwrite'], /labeled/);
    await succeeds(['label', 'svc', 'web', 'tier-'], /unlabeled/);
    await succeeds(['annotate', 'svc', 'web', 'note=hello'], /annotated/);
    await fails(['label', 'svc', 'web', 'bad key=x'], /invalid label|name part must consist of/);
  });

  it('patches in three ways, edits by replace', async () => {
    await succeeds(
      ['patch', 'svc', 'web', '--type=merge', '-p', '{"spec":{"sessionAffinity":"ClientIP"}}'],
      /patched/,
    );
    await succeeds(
      ['get', 'svc', 'web', '-o', 'jsonpath={.spec.sessionAffinityConfig.clientIP.timeoutSeconds}'],
      /^10800$/,
    );
    await succeeds(
      [
        'patch',
        'svc',
        'web',
        '--type=json',
        '-p',
        '[{"op":"replace","path":"/spec/sessionAffinity","value":"None"}]',
      ],
      /patched/,
    );
    await succeeds(
      [
        'patch',
        'svc',
        'web',
        '-p',
        '{"spec":{"ports":[{"port":8080,"name":"http","targetPort":80},{"port":9090,"name":"more"}]}}',
      ],
      /patched/,
    );
    await succeeds(['get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[*].port}'], /^8080 9090$/);
    await succeeds(
      ['patch', 'svc', 'web', '-p', '{"spec":{"ports":[{"port":9090,"$patch":"delete"}]}}'],
      /patched/,
    );
    await succeeds(['get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[*].port}'], /^8080$/);
    const yaml = (await kubectl(['get', 'svc', 'web', '-o', 'yaml'])).text;
    await succeeds(['replace', '-f', '-'], /replaced/, { input: yaml });
    await fails(
      ['replace', '-f', '-'],
      /the object has been modified; please apply your changes to the latest version and try again/,
      {
        input: yaml.replace(/resourceVersion: "\d+"/, 'resourceVersion: "1"'),
      },
    );
  });

  it('exposes, and creates from the command line', async () => {
    await succeeds(
      ['expose', 'deployment', 'web', '--name=exposed', '--port=80', '--type=NodePort'],
      /service\/exposed exposed/,
    );
    await succeeds(['get', 'svc', 'exposed'], /NodePort\s+172\.17\.\S+\s+<none>\s+80:3\d{4}\/TCP/);
    await succeeds(['create', 'configmap', 'settings', '--from-literal=a=1'], /configmap\/settings created/);
    await succeeds(['create', 'secret', 'generic', 'hidden', '--from-literal=b=2'], /secret\/hidden created/);
    await succeeds(['create', 'deployment', 'idle', '--image=docker.io/nginx:1.29'], /created/);
    await fails(
      ['create', 'configmap', 'settings'],
      'error: failed to create configmap: configmaps "settings" already exists',
    );
  });

  it('keeps nothing of a dry run on the server', async () => {
    await succeeds(
      ['create', 'service', 'clusterip', 'dry', '--tcp=80', '--dry-run=server'],
      /created \(server dry run\)/,
    );
    await fails(['get', 'svc', 'dry'], 'Error from server (NotFound): services "dry" not found');
    await succeeds(['apply', '-f', manifest, '--dry-run=server'], /service\/web \S+ \(server dry run\)/);
  });

  it('deletes by file, by label, with and without dependents', async () => {
    await succeeds(['delete', 'deployment', 'idle', '--cascade=orphan'], /deleted/);
    await succeeds(['get', 'rs', '-l', 'app=idle', '-o', 'name'], /replicaset\.apps\/idle-/);
    await succeeds(['delete', 'rs', '-l', 'app=idle', '--cascade=foreground'], /deleted/);
    await succeeds(['delete', 'svc', 'exposed', '--now'], /deleted/);
    await fails(['delete', 'svc', 'exposed'], /NotFound/);
    await succeeds(['delete', 'svc', 'exposed', '--ignore-not-found'], /^$/);
  });
});

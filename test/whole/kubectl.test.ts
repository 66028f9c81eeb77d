import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type RunOptions, run } from '../../lib/exec.ts';
import { waitFor } from '../../lib/wait.ts';
import { type TestCluster, testCluster } from './cluster.ts';

const web = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: web
        image: docker.io/alicek106/rr-test:echo-hostname
        ports: [{ containerPort: 80 }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 8080, targetPort: 80 }]
`;

/** For script(1), which takes its command as one shell line. */
const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

describe('kubectl, as it is installed, against the sandbox', function () {
  this.timeout(90_000);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-test-'));
  const manifest = join(folder, 'web.yaml');
  const namespace = 'kubectl-test';
  let cluster: TestCluster;

  /** Runs kubectl in the test's namespace; gives standard output and error in one text. */
  async function kubectl(args: string[], options: RunOptions = {}): Promise<{ text: string; code: number }> {
    const result = await cluster.kubectl(['-n', namespace, ...args], options);
    return { text: result.stdout + result.stderr, code: result.exitCode };
  }

  async function succeeds(args: string[], expected: RegExp, options: RunOptions = {}): Promise<string> {
    const { text, code } = await kubectl(args, options);
    expect(code, `kubectl ${args.join(' ')}\n${text}`).to.equal(0);
    expect(text).to.match(expected);
    return text;
  }

  async function fails(args: string[], expected: RegExp | string, options: RunOptions = {}): Promise<void> {
    const { text, code } = await kubectl(args, options);
    expect(code, text).to.equal(1);
    if (typeof expected === 'string') expect(text).to.contain(expected);
    else expect(text).to.match(expected);
  }

  /** Starts kubectl and leaves it running. */
  function start(args: string[]) {
    const child = spawn('kubectl', ['--kubeconfig', cluster.kubeconfig, '-n', namespace, ...args]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    const prints = (pattern: RegExp) =>
      waitFor(() => pattern.exec(output), {
        what: `kubectl ${args[0]} to print ${pattern}`,
        timeoutMs: 15_000,
      });
    return { child, prints };
  }

  const firstPod = async () =>
    (await kubectl(['get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[0].metadata.name}'])).text;

  before(async () => {
    cluster = await testCluster();
    writeFileSync(manifest, web);
    await cluster.kubectl(['create', 'namespace', namespace]);
  });

  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await cluster?.kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  describe('making and reading', () => {
    it('applies, and again: created, unchanged, configured', async () => {
      await succeeds(['apply', '-f', manifest], /deployment\.apps\/web created\nservice\/web created/);
      await succeeds(['apply', '-f', manifest], /deployment\.apps\/web unchanged\nservice\/web unchanged/);
      writeFileSync(manifest, web.replace('port: 8080', 'port: 8081'));
      await succeeds(['apply', '-f', manifest], /deployment\.apps\/web unchanged\nservice\/web configured/);
      writeFileSync(manifest, web);
      await succeeds(['apply', '-f', manifest], /service\/web configured/);
    });

    it('shows what apply would change with diff', async () => {
      writeFileSync(manifest, web.replace('replicas: 2', 'replicas: 3'));
      const { text, code } = await kubectl(['diff', '-f', manifest]);
      writeFileSync(manifest, web);
      expect(code, text).to.equal(1);
      expect(text).to.match(/-\s+replicas: 2\n\+\s+replicas: 3/);
    });

    it('waits for the rollout and for conditions', async () => {
      await succeeds(['rollout', 'status', 'deployment/web', '--timeout=30s'], /successfully rolled out/);
      await succeeds(
        ['wait', '--for=condition=Available', 'deployment/web', '--timeout=30s'],
        /condition met/,
      );
      await succeeds(
        ['wait', '--for=condition=Ready', 'pod', '-l', 'app=web', '--timeout=30s'],
        /condition met/,
      );
      await succeeds(
        ['wait', '--for=jsonpath={.status.readyReplicas}=2', 'deployment/web', '--timeout=30s'],
        /condition met/,
      );
    });

    it('gets tables, wide tables, names, YAML, JSON, jsonpath, templates and custom columns', async () => {
      await succeeds(
        ['get', 'pods'],
        /NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\nweb-\S+\s+1\/1\s+Running\s+0\s+\d+s/,
      );
      await succeeds(
        ['get', 'pods', '-o', 'wide'],
        /IP\s+NODE\s+NOMINATED NODE\s+READINESS GATES\n.*172\.16\.\d+\.\d+\s+worker-node0\d\s+<none>\s+<none>/,
      );
      await succeeds(
        ['get', 'service', 'web'],
        /NAME\s+TYPE\s+CLUSTER-IP\s+EXTERNAL-IP\s+PORT\(S\)\s+AGE\nweb\s+ClusterIP\s+172\.17\.\d+\.\d+\s+<none>\s+8080\/TCP/,
      );
      await succeeds(
        ['get', 'deploy,rs,svc,ep,endpointslices', '-o', 'name'],
        /deployment\.apps\/web\n.*service\/web/s,
      );
      await succeeds(['get', 'svc', 'web', '-o', 'yaml'], /^apiVersion: v1\nkind: Service\n/);
      expect(
        JSON.parse(await succeeds(['get', 'svc', 'web', '-o', 'json'], /./)).spec.ports[0].targetPort,
      ).to.equal(80);
      await succeeds(['get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[0].port}'], /^8080$/);
      await succeeds(['get', 'svc', 'web', '-o', 'go-template={{.spec.type}}'], /^ClusterIP$/);
      await succeeds(
        ['get', 'pods', '-o', 'custom-columns=N:.metadata.name,P:.status.phase'],
        /^N\s+P\nweb-\S+\s+Running/,
      );
    });

    it('selects by labels and fields, in one namespace and in all', async () => {
      await succeeds(
        ['get', 'pods', '-l', 'app in (web,other),!nope', '-o', 'name'],
        /^(pod\/web-\S+\n){2}$/,
      );
      await succeeds(['get', 'pods', '-l', 'app!=web'], /No resources found in kubectl-test namespace\./);
      const pod = await firstPod();
      await succeeds(
        ['get', 'pods', '--field-selector', `metadata.name=${pod}`, '-o', 'name'],
        new RegExp(`^pod/${pod}\n$`),
      );
      await succeeds(['get', 'pods', '--field-selector', 'status.phase=Failed'], /No resources found/);
      await fails(['get', 'pods', '--field-selector', 'spec.nonsense=1'], /field label not supported/);
      await succeeds(
        ['get', 'services', '-A'],
        /default\s+kubernetes[\s\S]*kube-system\s+kube-dns[\s\S]*kubectl-test\s+web/,
      );
      await succeeds(
        ['get', 'nodes'],
        /master-node\s+Ready\s+control-plane[\s\S]*worker-node01\s+Ready[\s\S]*worker-node02\s+Ready/,
      );
      await succeeds(
        ['get', 'all'],
        /pod\/web-[\s\S]*service\/web[\s\S]*deployment\.apps\/web[\s\S]*replicaset\.apps\/web-/,
      );
    });

    it('watches', async () => {
      const watching = start(['get', 'services', '-w', '-o', 'name']);
      try {
        await watching.prints(/^service\/web\n/);
        await succeeds(['create', 'service', 'clusterip', 'watched', '--tcp=80'], /created/);
        await watching.prints(/service\/watched\n/);
        await succeeds(['label', 'service', 'watched', 'seen=yes'], /labeled/);
        await watching.prints(/(service\/watched\n){2}/);
        await succeeds(['delete', 'service', 'watched'], /deleted/);
        await watching.prints(/(service\/watched\n){3}/);
      } finally {
        watching.child.kill();
      }
    });

    it('describes, with events', async () => {
      await succeeds(
        ['describe', 'service', 'web'],
        /Name:\s+web[\s\S]*Selector:\s+app=web[\s\S]*Type:\s+ClusterIP[\s\S]*Port:\s+http\s+8080\/TCP[\s\S]*TargetPort:\s+80\/TCP[\s\S]*Endpoints:\s+172\.16\.\d+\.\d+:80,172\.16[\s\S]*Session Affinity:\s+None/,
      );
      await succeeds(
        ['describe', 'pod', '-l', 'app=web'],
        /Node:\s+worker-node0[\s\S]*State:\s+Running[\s\S]*Events:[\s\S]*Scheduled[\s\S]*Pulled[\s\S]*Started/,
      );
      await succeeds(
        ['describe', 'deployment', 'web'],
        /StrategyType:\s+RollingUpdate[\s\S]*ScalingReplicaSet/,
      );
      await succeeds(
        ['describe', 'node', 'worker-node01'],
        /PodCIDR:\s+172\.16\.\d+\.0\/24[\s\S]*Non-terminated Pods:/,
      );
      await succeeds(['events', '--for', 'deployment/web'], /ScalingReplicaSet/);
      await succeeds(['get', 'events', '--sort-by=.metadata.creationTimestamp'], /Scheduled/);
    });

    it('explains, and lists what there is', async () => {
      await succeeds(
        ['explain', 'service.spec.sessionAffinity'],
        /FIELD: sessionAffinity <string>[\s\S]*client IP based session affinity/,
      );
      await succeeds(['explain', 'deployment.spec', '--recursive'], /strategy\s+<DeploymentStrategy>/);
      await succeeds(['api-resources'], /services\s+svc\s+v1\s+true\s+Service/);
      await succeeds(
        ['api-resources', '--api-group=apps', '-o', 'name'],
        /deployments\.apps\nreplicasets\.apps/,
      );
      await succeeds(['api-versions'], /apps\/v1[\s\S]*discovery\.k8s\.io\/v1[\s\S]*v1/);
      await succeeds(['version'], /Server Version: v1\.\d+/);
      await succeeds(['cluster-info'], /Kubernetes control plane.* is running at .*https:\/\/127\.0\.0\.1:/);
    });
  });

  describe('changing', () => {
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
      await succeeds(
        ['create', 'configmap', 'settings', '--from-literal=a=1'],
        /configmap\/settings created/,
      );
      await succeeds(
        ['create', 'secret', 'generic', 'hidden', '--from-literal=b=2'],
        /secret\/hidden created/,
      );
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

  describe('inside a pod', () => {
    it('runs a pod to its end and shows what it wrote', async () => {
      await succeeds(
        [
          'run',
          'once',
          '--image=docker.io/busybox',
          '--restart=Never',
          '--rm',
          '-i',
          '--',
          'sh',
          '-c',
          'read x; echo got $x',
        ],
        /got hello/,
        { input: 'hello\n' },
      );
      await fails(['get', 'pod', 'once'], /NotFound/);
    });

    it('executes, with input, exit code and both outputs', async () => {
      const pod = await firstPod();
      await succeeds(['exec', pod, '--', 'hostname'], new RegExp(`^${pod}\n`));
      await succeeds(['exec', '-i', pod, '--', 'cat'], /^through\n$/, { input: 'through\n' });
      const { code, text } = await kubectl(['exec', pod, '--', 'sh', '-c', 'echo out; echo err >&2; exit 7']);
      expect(code).to.equal(7);
      expect(text).to.contain('out').and.to.contain('err').and.to.contain('exit code 7');
      await fails(['exec', 'nobody', '--', 'true'], 'Error from server (NotFound): pods "nobody" not found');
    });

    it('gives a real terminal', async () => {
      const pod = await firstPod();
      const inside = ['exec', '-it', pod, '--', 'sh', '-c', 'test -t 0 && test -t 1 && echo terminal'];
      const line = ['kubectl', '--kubeconfig', cluster.kubeconfig, '-n', namespace, ...inside]
        .map(quote)
        .join(' ');
      const result = await run('script', ['-qec', line, '/dev/null'], { timeoutMs: 20_000 });
      expect(result.stdout).to.contain('terminal');
    });

    it('follows logs, and shows the last lines', async () => {
      await succeeds(
        [
          'run',
          'talker',
          '--image=busybox',
          '--restart=Never',
          '--',
          'sh',
          '-c',
          'for i in 1 2 3; do echo line $i; done; sleep 2; echo last',
        ],
        /created/,
      );
      await succeeds(['wait', '--for=condition=Ready', 'pod/talker', '--timeout=20s'], /met/);
      await succeeds(['logs', 'talker', '-f'], /^line 1\nline 2\nline 3\nlast\n$/);
      await succeeds(['logs', 'talker', '--tail=1'], /^last\n$/);
      await succeeds(['logs', 'talker', '--timestamps', '--tail=1'], /^\d{4}-\d\d-\d\dT\S+Z last\n$/);
      await succeeds(['get', 'pod', 'talker'], /talker\s+0\/1\s+Completed/);
    });

    it('copies files in and out', async () => {
      const pod = await firstPod();
      writeFileSync(join(folder, 'in.txt'), 'copied\n');
      await succeeds(['cp', join(folder, 'in.txt'), `${pod}:/tmp/in.txt`], /^/);
      await succeeds(['exec', pod, '--', 'cat', '/tmp/in.txt'], /^copied\n$/);
      await succeeds(['cp', `${pod}:/tmp/in.txt`, join(folder, 'out.txt')], /^/);
    });

    it('forwards a port', async () => {
      const forwarding = start(['port-forward', 'service/web', ':8080']);
      try {
        const [, port] = await forwarding.prints(/127\.0\.0\.1:(\d+)/);
        const ask = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
        for (const body of await Promise.all([ask(), ask(), ask()])) expect(body).to.match(/Hello,\s+web-/);
      } finally {
        forwarding.child.kill();
      }
    });
  });

  describe('refusals, word for word', () => {
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
      const gone = await cluster.kubectl(['-n', 'nowhere', 'create', 'configmap', 'x']);
      expect(gone.stderr).to.equal('error: failed to create configmap: namespaces "nowhere" not found\n');
      await fails(['get', 'unicorns'], `error: the server doesn't have a resource type "unicorns"`);
      await fails(['apply', '-f', '-'], 'no matches for kind "Deployment" in version "extensions/v1beta1"', {
        input: web.replace('apps/v1', 'extensions/v1beta1'),
      });
    });
  });
});

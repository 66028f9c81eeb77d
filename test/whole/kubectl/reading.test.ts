import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { kubectlSession, web } from './session.ts';

describe('kubectl, as it is installed, against the sandbox: making and reading', function () {
  this.timeout(90_000);
  const { manifest, kubectl, succeeds, fails, start, firstPod } = kubectlSession('kubectl-reading');

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
    await succeeds(['wait', '--for=condition=Available', 'deployment/web', '--timeout=30s'], /condition met/);
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
    await succeeds(['get', 'pods', '-l', 'app in (web,other),!nope', '-o', 'name'], /^(pod\/web-\S+\n){2}$/);
    await succeeds(['get', 'pods', '-l', 'app!=web'], /No resources found in kubectl-reading namespace\./);
    const pod = await firstPod();
    await succeeds(
      ['get', 'pods', '--field-selector', `metadata.name=${pod}`, '-o', 'name'],
      new RegExp(`^pod/${pod}\n$`),
    );
    await succeeds(['get', 'pods', '--field-selector', 'status.phase=Failed'], /No resources found/);
    await fails(['get', 'pods', '--field-selector', 'spec.nonsense=1'], /field label not supported/);
    await succeeds(
      ['get', 'services', '-A'],
      /default\s+kubernetes[\s\S]*kube-system\s+kube-dns[\s\S]*kubectl-reading\s+web/,
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

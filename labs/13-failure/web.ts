import { apply } from '../../lib/kube/apply/apply.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { Lab } from '../lab.ts';
import { applyService } from '../steps/ensure.ts';
import { type Deployment, pagePods } from '../steps/page-pods.ts';
import { nameOf, type Pod } from '../steps/pods.ts';

export interface Probe {
  httpGet?: { path: string; port: number };
  exec?: { command: string[] };
}

export interface WebOptions {
  readiness?: Probe;
  liveness?: Probe;
  /** Only on this node. */
  node?: string;
  /** Default 3. */
  replicas?: number;
}

/** Applies a Deployment of three page servers, and the Service of the same name on port 80. */
export async function applyWeb(lab: Lab, name: string, options: WebOptions = {}): Promise<void> {
  await apply(lab.client, webPods(name, options), { namespace: lab.namespace, signal: lab.signal });
  await applyService(lab, name, { selector: { app: name }, ports: [{ port: 80 }] });
}

function webPods(name: string, { readiness, liveness, node, replicas = 3 }: WebOptions): Deployment {
  const deployment = pagePods(name, {
    labels: { app: name },
    replicas,
    ports: [{ number: 80 }],
    ...(node !== undefined && { node }),
  });
  const [container] = deployment.spec?.template.spec?.containers ?? [];
  if (container === undefined) return deployment;
  const often = { periodSeconds: 1, failureThreshold: 1 };
  if (readiness) container.readinessProbe = { ...readiness, ...often };
  if (liveness) container.livenessProbe = { ...liveness, ...often };
  return deployment;
}

/** Ends the server in a pod. Its container goes on, so Kubernetes sees no fault by itself. */
export async function killServer(lab: Lab, pod: Pod): Promise<void> {
  await lab.inPod(nameOf(pod), ['killall', 'httpd']);
}

/** True when the server of the pod answers in the pod itself. The process list is no proof: a dead child may stay in it. */
export async function serverRuns(lab: Lab, pod: Pod): Promise<boolean> {
  const ask = ['timeout', '2', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1/'];
  return (await lab.inPod(nameOf(pod), ask)).exitCode === 0;
}

/** Starts the server of a pod again, where it does not run. */
export async function reviveServer(lab: Lab, pod: Pod): Promise<void> {
  if (!(await serverRuns(lab, pod))) await lab.inPod(nameOf(pod), ['httpd', '-p', '80', '-h', '/www/80']);
}

/** Changes the number of pods of a Deployment. */
export async function scale(lab: Lab, name: string, replicas: number): Promise<void> {
  const ref = { namespace: lab.namespace, name };
  const patch = { spec: { replicas } };
  await lab.client.patch(resources.deployments, ref, patch, { type: 'merge', signal: lab.signal });
}

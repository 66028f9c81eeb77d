import { resources } from '../../lib/kube/resources.ts';
import type { V1Deployment, Wire } from '../../lib/kube/types.ts';
import type { Lab } from '../lab.ts';
import type { Service } from './objects.ts';
import { readyPods } from './pods.ts';
import { askFromPod } from './requests.ts';
import { type Look, until } from './until.ts';

/** Kubernetes' own test server: `/clientip` tells the client's address, `/hostname` the pod's name. */
const image = 'registry.k8s.io/e2e-test-images/agnhost:2.53';

export interface EchoOptions {
  namespace?: string;
  /** Labels of the pods. Default `app: NAME`. */
  labels?: Record<string, string>;
  /** Port that the server listens on. Default 8080. */
  port?: number;
}

/** Starts so many echo servers and waits until they are ready. */
export async function echoPods(
  lab: Lab,
  name: string,
  replicas: number,
  options: EchoOptions = {},
): Promise<void> {
  const { namespace = lab.namespace, labels = { app: name }, port = 8080 } = options;
  const args = ['netexec', `--http-port=${port}`];
  const deployment: Wire<V1Deployment> = {
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'echo', image, args, ports: [{ containerPort: port }] }],
          terminationGracePeriodSeconds: 1,
        },
      },
    },
  };
  await lab.client.create(resources.deployments, deployment, { signal: lab.signal });
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  await readyPods(lab, selector.join(','), replicas, { namespace });
}

/** A Service on port 80 over echo servers; resolves when it answers to the pod debug. */
export async function echoService(lab: Lab, name: string): Promise<Service> {
  const service = await lab.client.create<Service>(
    resources.services,
    {
      metadata: { name, namespace: lab.namespace },
      spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
    },
    { signal: lab.signal },
  );
  const url = `http://${service.spec?.clusterIP}/clientip`;
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const [answer] = await askFromPod(lab, 'debug', url);
      return /^[\d.]+:\d+$/.test(answer?.text.trim() ?? '')
        ? { found: true }
        : { yet: answer?.text.trim() ?? 'nothing' };
    },
    { expected: `the Service ${name} to answer`, timeoutMs: 10_000 },
  );
  return service;
}

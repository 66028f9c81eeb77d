import { apply } from '../../lib/kube/apply/apply.ts';
import { apiVersionOf, resources } from '../../lib/kube/resources.ts';
import type { V1Deployment, Wire } from '../../lib/kube/types.ts';
import type { Lab } from '../lab.ts';

export type Deployment = Wire<V1Deployment>;

export interface PageOptions {
  labels: Record<string, string>;
  /** Default 1. */
  replicas?: number;
  /** Ports that one page each is served on, with the name that the pod gives the port. */
  ports: readonly { number: number; name?: string }[];
  /** Only on this node. */
  node?: string;
}

/**
 * Applies a Deployment whose pods serve the page `Hello,  POD:PORT`, so that an answer tells the pod and the port that gave it.
 * The servers run beside the container's first process: one of them may be killed, and Kubernetes does not notice.
 */
export async function applyPagePods(lab: Lab, name: string, options: PageOptions): Promise<Deployment> {
  const deployment = pagePods(name, options);
  return (await apply(lab.client, deployment, { namespace: lab.namespace, signal: lab.signal })).object;
}

/** The Deployment that `applyPagePods` applies. */
export function pagePods(name: string, { labels, replicas = 1, ports, node }: PageOptions): Deployment {
  const numbers = ports.map(({ number }) => `${number}`);
  const container = {
    name: 'web',
    image: 'docker.io/busybox:1.36',
    command: ['sh', '-c', serve, 'sh', ...numbers],
    ports: ports.map(({ number, name: named }) => ({ containerPort: number, ...(named && { name: named }) })),
  };
  return {
    apiVersion: apiVersionOf(resources.deployments),
    kind: resources.deployments.kind,
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [container],
          terminationGracePeriodSeconds: 0,
          ...(node !== undefined && { nodeSelector: { 'kubernetes.io/hostname': node } }),
        },
      },
    },
  };
}

const serve = `for port; do
  mkdir -p /www/$port
  echo "<p>Hello,  $(hostname):$port</p>" > /www/$port/index.html
  httpd -p $port -h /www/$port
done
exec sleep 86400`;

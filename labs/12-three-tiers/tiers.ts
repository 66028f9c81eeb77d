import { apply } from '../../lib/kube/apply/apply.ts';
import { apiVersionOf, resources } from '../../lib/kube/resources.ts';
import type { Lab } from '../lab.ts';
import { applyPagePods, type Deployment } from '../steps/page-pods.ts';
import { readyPods } from '../steps/pods.ts';

/** Applies the redis pods that the Service `redis-master` selects. */
export function applyRedis(lab: Lab, replicas = 2): Promise<void> {
  const labels = { app: 'redis', role: 'master' };
  return applyServer(lab, 'redis', { labels, replicas, image: 'docker.io/redis:7.4', port: 6379 });
}

/** Applies the database: one pod with the label `name: mysql-pod`. */
export function applyMysql(lab: Lab): Promise<void> {
  const env = [{ name: 'MYSQL_ALLOW_EMPTY_PASSWORD', value: 'yes' }];
  const labels = { name: 'mysql-pod' };
  return applyServer(lab, 'mysql', { labels, image: 'docker.io/mysql:8.0', port: 3306, env });
}

/** Applies the web server: one pod with the label `name: nginx-pod`. */
export function applyNginx(lab: Lab): Promise<void> {
  return applyServer(lab, 'nginx', {
    labels: { name: 'nginx-pod' },
    image: 'docker.io/nginx:1.27',
    port: 80,
  });
}

/** Two backends, and beside them two pods that have one of their two labels each. */
export async function applyBackends(lab: Lab): Promise<void> {
  const ports = [{ number: 80 }];
  await applyPagePods(lab, 'backend', { labels: { tier: 'backend', app: 'myapp' }, replicas: 2, ports });
  await applyPagePods(lab, 'frontend', { labels: { tier: 'frontend', app: 'myapp' }, ports });
  await applyPagePods(lab, 'other-app', { labels: { tier: 'backend', app: 'otherapp' }, ports });
}

/** Waits for the four pods of `applyBackends`. */
export async function backendsReady(lab: Lab): Promise<void> {
  await Promise.all([readyPods(lab, 'app=myapp', 3), readyPods(lab, 'app=otherapp', 1)]);
}

interface Server {
  labels: Record<string, string>;
  image: string;
  port: number;
  replicas?: number;
  env?: { name: string; value: string }[];
}

async function applyServer(lab: Lab, name: string, server: Server): Promise<void> {
  const { labels, image, port, replicas = 1, env = [] } = server;
  const readinessProbe = { tcpSocket: { port }, periodSeconds: 1 };
  const container = { name, image, ports: [{ containerPort: port }], env, readinessProbe };
  const deployment: Deployment = {
    apiVersion: apiVersionOf(resources.deployments),
    kind: resources.deployments.kind,
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], terminationGracePeriodSeconds: 1 } },
    },
  };
  await apply(lab.client, deployment, { namespace: lab.namespace, signal: lab.signal });
}

import { run } from '../../../lib/exec.ts';
import { isNotFound } from '../../../lib/kube/api-error.ts';
import { type Resource, resources } from '../../../lib/kube/resources.ts';
import type { CoreV1Event, Wire } from '../../../lib/kube/types.ts';
import { waitFor } from '../../../lib/wait.ts';
import type { AnyObject, Deployment, Node, Service } from '../../../sandbox/controllers/objects.ts';
import { template } from './build.ts';
import type { RunningControllers } from './running-controllers.ts';

/** What tests say to and ask of a cluster that their `before` starts, all in the namespace `default` unless they name another. */
export function askCluster(cluster: () => RunningControllers) {
  const kubectl = async (...args: string[]) =>
    (await run('kubectl', ['--kubeconfig', cluster().kubeconfig, ...args])).stdout;
  const list = async <T extends AnyObject>(
    resource: Resource,
    labelSelector: string,
    namespace = 'default',
  ) => (await cluster().client.list<T>(resource, { namespace, labelSelector })).items;
  const get = <T extends AnyObject>(resource: Resource, name: string, namespace = 'default') =>
    cluster().client.get<T>(resource, { namespace, name });
  const gone = (resource: Resource, name: string, namespace = 'default') =>
    soon(`the end of ${name}`, () => get(resource, name, namespace).then(() => false, isNotFound));
  const events = async (reason: string) => {
    const { items } = await cluster().client.list<Wire<CoreV1Event>>(resources.events, {
      namespace: 'default',
    });
    return items.filter((event) => event.reason === reason).map((event) => event.message);
  };
  const deploy = (name: string, replicas: number, spec: object = {}) =>
    cluster().client.create<Deployment>(resources.deployments, {
      metadata: { name, namespace: 'default', labels: { app: name } },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: { ...template('web:1'), metadata: { labels: { app: name } } },
        ...spec,
      },
    });
  const expose = (name: string, spec: object = {}) =>
    cluster().client.create<Service>(resources.services, {
      metadata: { name, namespace: 'default' },
      spec: { selector: { app: name }, ports: [{ port: 8080, targetPort: 80 }], ...spec },
    });
  const complete = (name: string) => kubectl('rollout', 'status', `deployment/${name}`, '--timeout=20s');
  /** Until then a node takes no pod, and those that are ready first get more than their share. */
  const nodesTakePods = () =>
    soon('taints to go', async () => {
      const { items } = await cluster().client.list<Node>(resources.nodes);
      return items.every(({ spec }) => !spec?.taints?.some(({ key }) => key.endsWith('/not-ready')));
    });
  return { kubectl, list, get, gone, events, deploy, expose, complete, nodesTakePods };
}

/** Waits until the look gives something. */
export function soon<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  return waitFor(look, { what, timeoutMs: 15_000, intervalMs: 20 });
}

import { resources } from '../../lib/kube/resources.ts';
import type { Lab } from '../lab.ts';
import { ensureClient } from './ensure.ts';
import { applyManifest } from './objects.ts';
import { endpointsAre, nameOf, type Pod, readyPods } from './pods.ts';

export const webserverService = 'hostname-service-clusterip';

/** The document's three web servers as its manifest has them, and the pod debug; resolves when all are ready. */
export async function webservers(lab: Lab): Promise<Pod[]> {
  await applyManifest(lab, 'hostname-deployment');
  await scaleWebservers(lab, 3);
  const [pods] = await Promise.all([readyPods(lab, 'app=webserver', 3), ensureClient(lab)]);
  return pods;
}

/** The web servers behind the document's Service, which has them as its endpoints when this resolves. */
export async function servedWebservers(lab: Lab): Promise<Pod[]> {
  const pods = await webservers(lab);
  await applyManifest(lab, webserverService);
  await endpointsAre(lab, webserverService, pods);
  return pods;
}

/** As `kubectl scale` does; does not wait. */
export async function scaleWebservers(lab: Lab, replicas: number): Promise<void> {
  const patch = { spec: { replicas } };
  await lab.client.patch(resources.deployments, webserverDeployment(lab), patch, {
    type: 'merge',
    signal: lab.signal,
  });
}

/** As `kubectl rollout restart` does; does not wait. */
export async function restartWebservers(lab: Lab): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  const patch = { spec: { template: { metadata: { annotations } } } };
  await lab.client.patch(resources.deployments, webserverDeployment(lab), patch, {
    type: 'merge',
    signal: lab.signal,
  });
}

/** As `kubectl delete pod` does, with a short grace; does not wait. */
export async function deletePod(lab: Lab, pod: Pod): Promise<void> {
  const ref = { namespace: lab.namespace, name: nameOf(pod) };
  await lab.client.delete(resources.pods, ref, { gracePeriodSeconds: 1, signal: lab.signal });
}

function webserverDeployment({ namespace }: Lab) {
  return { namespace, name: 'hostname-deployment' };
}

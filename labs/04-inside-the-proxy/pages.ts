import { resources } from '../../lib/kube/resources.ts';
import type { Lab } from '../lab.ts';
import { applyService, ensureClient, find } from '../steps/ensure.ts';
import { applyPagePods } from '../steps/page-pods.ts';
import { endpointsAre, nameOf, type Pod, readyPods } from '../steps/pods.ts';
import { askFromPod } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

/** Name of the Deployment, of the Service before it, and value of their label `app`. */
export const page = 'page';

/** Three pods whose server can be killed without Kubernetes' noticing, behind the Service `page`; resolves when it answers. */
export async function servedPages(lab: Lab): Promise<Pod[]> {
  await applyPagePods(lab, page, { replicas: 3, labels: { app: page }, ports: [{ number: 8080 }] });
  await applyService(lab, page, {
    selector: { app: page },
    ports: [{ port: 80, targetPort: 8080 }],
    sessionAffinity: 'None',
  });
  const [pods] = await Promise.all([readyPods(lab, `app=${page}`, 3), ensureClient(lab)]);
  await Promise.all(pods.map((pod) => lab.inPod(nameOf(pod), ['sh', '-c', serveAgain])));
  await endpointsAre(lab, page, pods);
  await soon(lab, () => askFromPod(lab, 'debug', `http://${page}`));
  return pods;
}

/** A server that was killed before comes back; where one runs, this ends at once. */
const serveAgain = 'httpd -p 8080 -h /www/8080 2>/dev/null; true';

/** Kills the server in a pod. The pod stays Ready, since nothing probes it. */
export async function killServer(lab: Lab, pod: Pod): Promise<void> {
  await lab.inPod(nameOf(pod), ['killall', 'httpd']);
}

/** The node on which the pod `debug` runs: its proxy leads the client's packets. */
export async function nodeOfClient(lab: Lab): Promise<string> {
  const client = await find<Pod>(lab, resources.pods, 'debug');
  return client?.spec?.nodeName ?? '';
}

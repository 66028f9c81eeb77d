import { apply } from '../../lib/kube/apply/apply.ts';
import { apiVersionOf, resources } from '../../lib/kube/resources.ts';
import type { Lab } from '../lab.ts';
import { putService } from '../steps/ensure.ts';
import type { Service } from '../steps/objects.ts';
import type { Deployment } from '../steps/page-pods.ts';

/** The one number that the echo server uses on both protocols. */
export const echoPort = 8080;

/** Applies the pod that answers `hostname` by its name, over TCP (HTTP) and over UDP. */
export async function applyEcho(lab: Lab): Promise<void> {
  const deployment: Deployment = {
    apiVersion: apiVersionOf(resources.deployments),
    kind: resources.deployments.kind,
    metadata: { name: 'echo' },
    spec: {
      selector: { matchLabels: { app: 'echo' } },
      template: {
        metadata: { labels: { app: 'echo' } },
        spec: { containers: [container], terminationGracePeriodSeconds: 1 },
      },
    },
  };
  await apply(lab.client, deployment, { namespace: lab.namespace, signal: lab.signal });
}

const container = {
  name: 'echo',
  image: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
  args: ['netexec', `--http-port=${echoPort}`, `--udp-port=${echoPort}`],
  ports: [{ containerPort: echoPort }, { containerPort: echoPort, protocol: 'UDP' }],
};

/**
 * Makes the Service `echo` with the same number on both protocols. Not by `apply`: a client-side apply tells ports apart by their
 * number alone (kubernetes/kubernetes#39188), and here two have the same.
 */
export function bothProtocols(lab: Lab): Promise<Service> {
  return putService(lab, 'echo', {
    selector: { app: 'echo' },
    ports: [
      { name: 'http', port: echoPort },
      { name: 'dgram', port: echoPort, protocol: 'UDP' },
    ],
  });
}

/** Sends `hostname` to a UDP port from a node's shell; resolves to the answer, or to an empty string. */
export async function askByUdp(lab: Lab, node: string, address: string, port: number): Promise<string> {
  const { stdout } = await lab.onNode(node, ['bash', '-c', datagram, 'bash', address, `${port}`]);
  return stdout.trim();
}

/** busybox's nc knows no UDP everywhere; bash does. dd, since an answer must be read in one piece. */
const datagram = `exec 2>/dev/null
for try in 1 2; do
  exec 3<>"/dev/udp/$1/$2" && echo hostname >&3 && timeout 1 dd bs=2048 count=1 <&3 | grep . && exit
done; true`;

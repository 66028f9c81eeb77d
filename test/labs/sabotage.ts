import type { Lab } from '../../labs/lab.ts';
import { clusterIpOf, getService } from '../../labs/steps/objects.ts';
import { nameOf, type Pod, podsWith } from '../../labs/steps/pods.ts';
import { answersOf, askFromPod } from '../../labs/steps/requests.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import { waitFor } from '../../lib/wait.ts';
import { clusterIpSabotages } from './02-clusterip/sabotages.ts';
import { whoAnswersSabotages } from './03-who-answers/sabotages.ts';
import { insideTheProxySabotages } from './04-inside-the-proxy/sabotages.ts';
import { environmentSabotages } from './06-environment/sabotages.ts';
import { dnsSabotages } from './07-dns/sabotages.ts';
import { nodePortSabotages } from './08-nodeport/sabotages.ts';
import { loadBalancerSabotages } from './09-loadbalancer/sabotages.ts';
import { outsideSabotages } from './10-outside/sabotages.ts';
import { portsSabotages } from './11-ports/sabotages.ts';
import { threeTiersSabotages } from './12-three-tiers/sabotages.ts';
import { failureSabotages } from './13-failure/sabotages.ts';
import {
  changed,
  clusterIpSoon,
  proxiesOf,
  type Restore,
  remade,
  type Sabotage,
  stopped,
  withoutDns,
  withTable,
} from './breaking.ts';

const service = 'hostname-service-clusterip';

/** At least one for each claim that has a check. */
export const sabotages: readonly Sabotage[] = [
  {
    claim: 'L-01',
    name: 'a pod answers by the name of another',
    async break(lab) {
      const [pod] = await podsWith(lab, 'app=webserver');
      await lab.inPod(nameOf(pod as Pod), [
        'sed',
        '-i',
        's/Hello, .*</Hello,  impostor</',
        '/www/index.html',
      ]);
      return undefined;
    },
    expected: /who answers at .*: hostname-deployment-/,
    observed: /impostor/,
  },
  {
    claim: 'L-02',
    name: 'the secret is there',
    async break({ client, namespace }) {
      const secret: KubeObject = { metadata: { namespace, name: 'regcred' } };
      await client.create(resources.secrets, secret);
      return undefined;
    },
    expected: /secret regcred exists: false/,
    observed: /true/,
  },
  {
    claim: 'L-03',
    name: 'nobody replaces pods',
    alone: true,
    break: (_lab, cluster) => stopped(cluster, ['controllers']),
    expected: /3 ready pods/,
    observed: /hostname-deployment-\S+ ready, hostname-deployment-\S+ ready, /,
  },
  {
    claim: 'L-04',
    name: 'the Service has another port',
    break: (lab) => changed(lab, service, { ports: [{ port: 8081, targetPort: 80 }] }),
    expected: /8080\/TCP/,
    observed: /8081\/TCP/,
  },
  {
    claim: 'L-05',
    name: 'the selector fits no pod',
    break: (lab) => changed(lab, service, { selector: { app: 'webservre' } }),
    expected: /an answer to every request/,
    observed: /refused|unreachable|no answer/,
  },
  {
    claim: 'L-05',
    name: 'the proxies are gone, and their rules flushed',
    alone: true,
    break: async (_lab, cluster) => {
      const start = await stopped(cluster, proxiesOf(cluster));
      for (const { name } of cluster.nodes) await cluster.runOnNode(name, ['nft', 'flush', 'ruleset']);
      return start;
    },
    expected: /an answer to every request/,
    observed: /no answer/,
  },
  {
    claim: 'L-06',
    name: 'the cluster DNS is scaled to 0',
    alone: true,
    break: withoutDns,
    expected: /an answer to every request/,
    observed: /bad address|no answer/,
  },
  {
    claim: 'L-07',
    name: 'the proxies no longer hear of changes',
    alone: true,
    break: (_lab, cluster) => stopped(cluster, proxiesOf(cluster)),
    expected: /answer/,
    observed: /./,
  },
  {
    claim: 'L-08',
    name: 'the Service has session affinity',
    break: (lab) => changed(lab, service, { sessionAffinity: 'ClientIP' }),
    expected: /the pods that answered: \[ 'hostname-\S+', 'hostname-\S+', 'hostname-\S+' \]/,
    observed: /the pods that answered: \[ 'hostname-[^,]+' \]/,
  },
  {
    claim: 'L-09',
    name: 'the pod is older than the Service',
    break: (lab) => remade(lab, service),
    expected: /HOSTNAME_SERVICE_CLUSTERIP_PORT=tcp/,
    observed: /HOSTNAME_SERVICE_CLUSTERIP_PORT=tcp/,
  },
  {
    claim: 'L-10',
    name: 'the proxies do not hear that affinity was asked for',
    alone: true,
    async break(lab, cluster) {
      await allAnswer(lab);
      return stopped(cluster, proxiesOf(cluster));
    },
    expected: /one pod that answers all requests of a client/,
    observed: /×\d+, .*×\d+/,
  },
  {
    claim: 'L-11',
    name: 'every node masquerades the traffic of its pods',
    alone: true,
    break: (_lab, cluster) =>
      withTable(cluster, 'chain c { type nat hook postrouting priority 90; policy accept; masquerade; }'),
    expected: /backend sees when debug asks: 172\.16\./,
    observed: /backend sees when debug asks: 192\.168\.56\./,
  },
  {
    claim: 'L-12',
    name: 'a rule with the cluster IP stays on a node',
    break: async (lab, cluster) => {
      const nodes = cluster.nodes.slice(0, 1).map(({ name }) => name);
      const left = clusterIpSoon(lab, service).then((address) =>
        withTable(cluster, `set s { type ipv4_addr; elements = { ${address} } }`, nodes),
      );
      return async () => (await left)();
    },
    expected: /no rule on \S+ with the cluster IPs/,
    observed: /rules with 172\.17\./,
  },
  {
    claim: 'L-13',
    name: 'the manifest leads to another port of the pods',
    break: (lab) => changed(lab, service, { ports: [{ name: 'web-port', port: 8080, targetPort: 8888 }] }),
    expected: /targetPort: 8888/,
    observed: /targetPort: 80 /,
  },
  {
    claim: 'L-14',
    name: 'one node drops what comes to its node ports',
    alone: true,
    break: (_lab, cluster) =>
      withTable(
        cluster,
        'chain c { type filter hook prerouting priority -300; policy accept; tcp dport 30000-32767 drop; }',
        cluster.nodes.slice(-1).map(({ name }) => name),
      ),
    expected: /every request at http:\/\/192\.168\.56\.1\d:3\d+/,
    observed: /no answer/,
  },
  {
    claim: 'S-05',
    name: 'the proxy of one node is gone',
    alone: true,
    break: (_lab, cluster) => stopped(cluster, proxiesOf(cluster).slice(-1)),
    expected: /the proxy of worker-node02 is healthy: true/,
    observed: /false/,
  },
  {
    claim: 'S-08',
    name: 'the cluster DNS is scaled to 0',
    alone: true,
    break: withoutDns,
    expected: /my-service to be 172\.17\./,
    observed: /bad address|no answer|resol/,
  },
  {
    claim: 'R-03',
    name: 'one node has lost its rules',
    alone: true,
    break: async (_lab, cluster) => {
      const [last] = cluster.nodes.slice(-1);
      const start = await stopped(cluster, proxiesOf(cluster).slice(-1));
      await cluster.runOnNode(last?.name ?? '', ['nft', 'flush', 'ruleset']);
      return start;
    },
    expected: /answers with nginx's page/,
    observed: /false/,
  },
  {
    claim: 'R-07',
    name: 'the pod is older than the Service',
    break: (lab) => remade(lab, 'my-nginx-svc'),
    expected: /MY_NGINX_SVC_SERVICE_HOST=/,
    observed: /MY_NGINX_SVC_SERVICE_HOST=/,
  },
  {
    claim: 'P-05',
    name: 'somebody sets the timeout back to three hours',
    slow: true,
    break: async (lab) => {
      return duringTheCheck(async () => {
        const made = await getService(lab, 'hostname-service-timeout');
        if (made.spec?.sessionAffinityConfig?.clientIP?.timeoutSeconds !== 2) return false;
        await changed(lab, 'hostname-service-timeout', {
          sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
        });
        return true;
      }, 'the short timeout');
    },
    expected: /another pod after one of several pauses/,
    observed: /hostname-deployment-\S+ each time/,
  },
  {
    claim: 'Z-02',
    name: 'the Service is made anew while it has no pods',
    break: async (lab) => {
      const ref = { namespace: lab.namespace, name: 'hostname-deployment' };
      return duringTheCheck(async () => {
        const { spec } = await lab.client.get<KubeObject & { spec: { replicas: number } }>(
          resources.deployments,
          ref,
        );
        return spec.replicas === 0 && (await remade(lab, service)) === undefined;
      }, 'the scaling to 0');
    },
    expected: /the cluster IP after scaling|the API server to agree/,
    observed: /the cluster IP after scaling|not found/,
  },
  ...clusterIpSabotages,
  ...whoAnswersSabotages,
  ...insideTheProxySabotages,
  ...environmentSabotages,
  ...dnsSabotages,
  ...nodePortSabotages,
  ...loadBalancerSabotages,
  ...outsideSabotages,
  ...portsSabotages,
  ...threeTiersSabotages,
  ...failureSabotages,
];

/** Does its work as soon as it can while the check runs. That it did is told by the check's colour, so that no error here need count. */
function duringTheCheck(work: () => Promise<boolean>, what: string): Restore {
  const over = new AbortController();
  const done = waitFor(work, { what, timeoutMs: 40_000, intervalMs: 20, signal: over.signal }).catch(
    () => {},
  );
  return async () => {
    over.abort();
    await done;
  };
}

/** Waits until the proxies lead to all three web servers: the API knows of them a moment earlier. */
async function allAnswer(lab: Lab): Promise<void> {
  const url = `http://${await clusterIpOf(lab, service)}:8080`;
  await waitFor(
    async () => new Set(answersOf(await askFromPod(lab, 'debug', url, { times: 12 }))).size === 3,
    { what: 'answers of all pods', timeoutMs: 20_000, intervalMs: 100 },
  );
}

import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensureClient, find } from '../../../steps/ensure.ts';
import { remove } from '../../../steps/objects.ts';
import type { Deployment } from '../../../steps/page-pods.ts';
import {
  endpointsAre,
  ipOf,
  nameOf,
  type Pod,
  podsWith,
  readyAddresses,
  readyPods,
} from '../../../steps/pods.ts';
import { allAnswered, askFromPod } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { type Look, until } from '../../../steps/until.ts';
import { applyWeb, killServer, type Probe, serverRuns } from '../../web.ts';

const name = 'watched';
const pageOn = (port: number): Probe => ({ httpGet: { path: '/', port } });

export const readiness: Step = {
  id: '20-readiness',
  claims: ['P-03'],
  look: 'kubectl describe deployment watched: its probes; kubectl get pods: READY; kubectl get endpointslices',
  links: [
    'document 003, "iptables proxy mode": readiness probe',
    'document 002, "Proxy-mode: iptables": working readiness probes',
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-readiness-probes',
  ],
  async setUp(lab) {
    if ((await find(lab, resources.deployments, name)) === undefined) await applyWeb(lab, name);
    await Promise.all([settledPods(lab), ensureClient(lab)]);
  },
  async check(lab) {
    await foreseen(lab);
    const dead = await deadPods(lab);
    demand(dead.length === 1, {
      expected: 'one pod whose server is dead',
      observed: `${dead.length}`,
      mistake: dead.length === 0 ? 'nothing-dead' : undefined,
    });
    const pods = await podsWith(lab, `app=${name}`);
    const alive = pods
      .filter((pod) => nameOf(pod) !== nameOf(dead[0] as Pod))
      .map(ipOf)
      .sort();
    const look = async (): Promise<Look<true>> => {
      const endpoints = await readyAddresses(lab, name);
      return endpoints.join() === alive.join()
        ? { found: true }
        : { yet: `endpoints ${endpoints.join(', ')}` };
    };
    await until(lab, look, { expected: `the endpoints ${alive.join(', ')}`, timeoutMs: 3000 });
    const ask = () => askFromPod(lab, 'debug', `http://${name}`, { times: 20 });
    allAnswered(await soon(lab, ask), 'with a readiness probe');
  },
  async solve(lab) {
    await begun(lab);
    await probed(lab, { readinessProbe: pageOn(80) });
    const [first, ...others] = await until(lab, () => probedPods(lab), {
      expected: 'three pods with the probe',
    });
    if (first) await killServer(lab, first);
    await endpointsAre(lab, name, others);
  },
  reset: begun,
  mistakes: [
    { id: 'liveness-for-readiness', make: (lab) => probed(lab, { livenessProbe: pageOn(80) }) },
    { id: 'probe-at-wrong-port', make: (lab) => probed(lab, { readinessProbe: pageOn(8080) }) },
    {
      id: 'nothing-dead',
      async make(lab) {
        await probed(lab, { readinessProbe: pageOn(80) });
        await until(lab, () => probedPods(lab), { expected: 'three pods with the probe' });
      },
    },
  ],
  async prediction(lab) {
    const dead = (await deadPods(lab))[0];
    const restarts = dead?.status?.containerStatuses?.[0]?.restartCount ?? 0;
    if (dead === undefined || restarts > 0) return 1;
    return (await readyAddresses(lab, name)).includes(ipOf(dead)) ? 3 : 2;
  },
};

/** The Deployment without a probe, all its servers alive. */
async function begun(lab: Lab): Promise<void> {
  await remove(lab, resources.deployments, name);
  await readyPods(lab, `app=${name}`, 0);
  await applyWeb(lab, name);
  await readyPods(lab, `app=${name}`, 3);
}

/** A rollout that the learner began may still be under way. */
async function settledPods(lab: Lab): Promise<void> {
  const look = async (): Promise<Look<true>> => {
    const count = (await podsWith(lab, `app=${name}`)).length;
    return count >= 3 ? { found: true } : { yet: `${count} pods` };
  };
  await until(lab, look, { expected: `the pods of ${name}` });
}

async function probed(lab: Lab, probes: { readinessProbe?: Probe; livenessProbe?: Probe }): Promise<void> {
  const often = { periodSeconds: 1, failureThreshold: 1 };
  const entries = Object.entries(probes).map(([kind, probe]) => [kind, { ...probe, ...often }]);
  const containers = [{ name: 'web', ...Object.fromEntries(entries) }];
  const ref = { namespace: lab.namespace, name };
  const patch = { spec: { template: { spec: { containers } } } };
  await lab.client.patch(resources.deployments, ref, patch, { type: 'strategic-merge', signal: lab.signal });
}

/** The three pods of the last rollout, when it is over. */
async function probedPods(lab: Lab): Promise<Look<Pod[]>> {
  const pods = await podsWith(lab, `app=${name}`);
  const withProbe = pods.filter(({ spec }) => spec?.containers[0]?.readinessProbe !== undefined);
  const ready = await readyAddresses(lab, name);
  const over = pods.length === 3 && withProbe.length === 3 && ready.length === 3;
  return over ? { found: pods } : { yet: `${withProbe.length} of ${pods.length} pods have it` };
}

async function deadPods(lab: Lab): Promise<Pod[]> {
  const pods = await podsWith(lab, `app=${name}`);
  const running = await Promise.all(pods.map((pod) => serverRuns(lab, pod)));
  return pods.filter((_, i) => !running[i]);
}

async function foreseen(lab: Lab): Promise<void> {
  const deployment = await find<Deployment>(lab, resources.deployments, name);
  const container = deployment?.spec?.template.spec?.containers[0];
  const probe = container?.readinessProbe;
  demand(probe, {
    expected: `a readinessProbe in the Deployment ${name}`,
    observed: container?.livenessProbe ? 'a livenessProbe only' : 'no probe',
    mistake: container?.livenessProbe ? 'liveness-for-readiness' : undefined,
  });
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port;
  demand(port === undefined || port === 80, {
    expected: 'a probe of port 80, where the server listens',
    observed: `a probe of port ${port}`,
    mistake: 'probe-at-wrong-port',
  });
  const withProbe = (await podsWith(lab, `app=${name}`)).filter(hasProbe).map(nameOf);
  demand(withProbe.length === 3, {
    expected: 'three pods with the probe',
    observed: withProbe.join(', ') || 'none',
  });
}

function hasProbe({ spec }: Pod): boolean {
  return spec?.containers[0]?.readinessProbe !== undefined;
}

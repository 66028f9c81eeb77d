import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, ensureClient } from '../../../steps/ensure.ts';
import { note, noted } from '../../../steps/notes.ts';
import { applyManifest, nodesOf, remove } from '../../../steps/objects.ts';
import { nameOf, podsWith, readyPods } from '../../../steps/pods.ts';
import { type Look, until } from '../../../steps/until.ts';
import { deleteAll, type Leftover, leftovers, manifests, tracesOf } from '../../leftovers.ts';
import { nothingOnNode, rulesHave } from '../../nothing-left.check.ts';

export const nothingLeftStep: Step = {
  id: '20-nothing-left',
  claims: ['L-12'],
  look: 'kubectl get all; on each node the rules that name the old cluster IPs',
  links: [
    'document 001, "#5 리소스 정리"',
    'https://kubernetes.io/docs/tasks/access-application-cluster/service-access-application-cluster/#cleaning-up',
  ],
  setUp: everything,
  async check(lab) {
    const left = await settled(lab);
    await foreseen(lab, left);
    demand(left.length === 0, { expected: 'nothing of the lab left', observed: describe(left) });
    const traces = (await noted(lab, 'cluster-ips')).split(',').filter((address) => address !== '');
    for (const { name } of await nodesOf(lab)) await nothingOnNode(lab, name, traces, 3000);
  },
  async solve(lab) {
    await deleteAll(lab);
    await remove(lab, resources.pods, 'debug');
    const gone = async (): Promise<Look<true>> => {
      const left = await leftovers(lab);
      return left.length === 0 ? { found: true } : { yet: describe(left) };
    };
    await until(lab, gone, { expected: 'nothing left' });
  },
  reset: everything,
  mistakes: [
    {
      id: 'services-left',
      async make(lab) {
        await remove(lab, resources.deployments, 'hostname-deployment');
        await remove(lab, resources.pods, 'debug');
        await onlyLeft(lab, ['services', 'endpoints', 'endpointSlices']);
      },
    },
    {
      id: 'pods-came-back',
      async make(lab) {
        for (const pod of await podsWith(lab, 'app=webserver'))
          await remove(lab, resources.pods, nameOf(pod));
        await readyPods(lab, 'app=webserver', 3);
      },
    },
    {
      id: 'pod-without-owner',
      async make(lab) {
        await deleteAll(lab);
        await onlyLeft(lab, ['pods'], 1);
      },
    },
  ],
  prediction: ruleOfDeletedService,
};

/** The lab as it stands at its end: a Deployment, two Services, and the pod that nobody owns. */
async function everything(lab: Lab): Promise<void> {
  for (const name of manifests) await applyManifest(lab, name);
  const [pods] = await Promise.all([readyPods(lab, 'app=webserver', 3), ensureClient(lab)]);
  await note(lab, 'pods', pods.map(nameOf).join());
  await note(lab, 'cluster-ips', (await tracesOf(lab)).join());
}

/** What is still there when what is ending has had two seconds to end. */
async function settled(lab: Lab): Promise<Leftover[]> {
  let left: Leftover[] = [];
  const gone = async (): Promise<Look<true>> => {
    left = await leftovers(lab);
    return left.length === 0 ? { found: true } : { yet: describe(left) };
  };
  await until(lab, gone, { expected: 'nothing left', timeoutMs: 2000 }).catch(() => {});
  return left;
}

async function onlyLeft(lab: Lab, kinds: readonly Leftover['kind'][], most = Infinity): Promise<void> {
  const look = async (): Promise<Look<true>> => {
    const left = await leftovers(lab);
    const done = left.length <= most && left.every(({ kind }) => kinds.includes(kind));
    return done ? { found: true } : { yet: describe(left) };
  };
  await until(lab, look, { expected: `only ${kinds.join(', ')} left` });
}

function describe(left: readonly Leftover[]): string {
  return left.map(({ kind, name }) => `${kind}/${name}`).join(', ');
}

async function foreseen(lab: Lab, left: readonly Leftover[]): Promise<void> {
  const expected = 'nothing of the lab left';
  const kinds = new Set(left.map(({ kind }) => kind));
  const onlyServices = kinds.has('services') && !kinds.has('deployments') && !kinds.has('pods');
  demand(!onlyServices, { expected, observed: describe(left), mistake: 'services-left' });
  const pods = left.filter(({ kind }) => kind === 'pods').map(({ name }) => name);
  const before = (await noted(lab, 'pods')).split(',');
  const isNew = pods.some((name) => name !== 'debug' && !before.includes(name));
  demand(!(kinds.has('deployments') && isNew), {
    expected,
    observed: 'new pods in place of those that were deleted',
    mistake: 'pods-came-back',
  });
  const alone = left.length === 1 && pods[0] === 'debug';
  demand(!alone, { expected, observed: 'the pod debug', mistake: 'pod-without-owner' });
}

/** Makes a Service, waits for its rule on a node, deletes it, and looks whether the rule goes. */
async function ruleOfDeletedService(lab: Lab): Promise<number> {
  const [node] = await nodesOf(lab);
  const { spec } = await applyService(lab, 'fleeting', { ports: [{ port: 80 }] });
  const address = spec?.clusterIP ?? '';
  await rulesHave(lab, node?.name ?? '', [address]);
  await remove(lab, resources.services, 'fleeting');
  return nothingOnNode(lab, node?.name ?? '', [address]).then(
    () => 2,
    () => 1,
  );
}

import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensure, ensureClient, find } from '../../../steps/ensure.ts';
import { applyManifest, remove } from '../../../steps/objects.ts';
import type { Deployment } from '../../../steps/page-pods.ts';
import { isReady, type Pod, podsWith, readyPods } from '../../../steps/pods.ts';
import { type Look, until } from '../../../steps/until.ts';
import { ownAddress } from '../../own-address.check.ts';
import { pullSecret } from '../../pull-secret.check.ts';

const name = 'hostname-deployment';

export const threePods: Step = {
  id: '10-three-pods',
  claims: ['L-01', 'L-02'],
  look: 'kubectl get deployments,pods --output wide --show-labels; kubectl describe pod, its events',
  links: [
    'document 001, "디플로이먼트로 파드를 생성하고, 생성한 파드로 요청을 전달"',
    'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/',
    'https://kubernetes.io/docs/concepts/containers/images/#using-a-private-registry',
  ],
  setUp: (lab) => ensureClient(lab),
  async check(lab) {
    const deployment = await find<Deployment>(lab, resources.deployments, name);
    demand(deployment, { expected: `a Deployment ${name}`, observed: 'none of that name' });
    await foreseen(lab, deployment);
    await ownAddress.run(lab);
    await pullSecret.run(lab);
  },
  async solve(lab) {
    const old = await find<Deployment>(lab, resources.deployments, name);
    if (old && labelOf(old) !== 'webserver') await remove(lab, resources.deployments, name);
    await remove(lab, resources.secrets, 'regcred');
    await applyManifest(lab, name);
    await readyPods(lab, 'app=webserver', 3);
  },
  async reset(lab) {
    await remove(lab, resources.deployments, name);
    await remove(lab, resources.secrets, 'regcred');
  },
  mistakes: [
    {
      id: 'label-typo',
      make: (lab) => applyChanged(lab, (text) => text.replaceAll('webserver"', 'webservre"')),
    },
    {
      id: 'image-typo',
      async make(lab) {
        await applyChanged(lab, (text) => text.replace('echo-hostname', 'echohostname'));
        await until(
          lab,
          async (): Promise<Look<string>> => {
            const found = imageProblem(await podsWith(lab, 'app=webserver'));
            return found === undefined ? { yet: 'no pod that waits for an image' } : { found };
          },
          { expected: 'a pod that waits for its image' },
        );
      },
    },
    {
      id: 'secret-made',
      async make(lab) {
        await applyManifest(lab, name);
        await readyPods(lab, 'app=webserver', 3);
        await ensure(lab, resources.secrets, { metadata: { name: 'regcred' } });
      },
    },
  ],
  async prediction(lab) {
    if ((await find(lab, resources.deployments, name)) === undefined) return 3;
    const pods = await podsWith(lab, 'app=webserver');
    return pods.length > 0 && pods.every(isReady) ? 2 : 1;
  },
};

async function foreseen(lab: Lab, deployment: Deployment): Promise<void> {
  const label = labelOf(deployment);
  demand(label === 'webserver', {
    expected: 'pods with the label app=webserver',
    observed: `pods with the label app=${label}`,
    mistake: 'label-typo',
  });
  const pods = await podsWith(lab, 'app=webserver');
  const problem = imageProblem(pods);
  demand(problem === undefined, {
    expected: 'three running pods',
    observed: problem ?? '',
    mistake: 'image-typo',
  });
  demand((await find(lab, resources.secrets, 'regcred')) === undefined, {
    expected: 'no secret regcred, as in the document',
    observed: 'one that somebody made',
    mistake: 'secret-made',
  });
}

function labelOf({ spec }: Deployment): string | undefined {
  return spec?.template.metadata?.labels?.['app'];
}

/** Applies the manifest as one who mistyped it would. */
async function applyChanged(lab: Lab, change: (text: string) => string): Promise<void> {
  const [manifest] = await lab.manifest(name);
  await ensure(lab, resources.deployments, JSON.parse(change(JSON.stringify(manifest))) as Deployment);
}

function imageProblem(pods: readonly Pod[]): string | undefined {
  const statuses = pods.flatMap((pod) => pod.status?.containerStatuses ?? []);
  const waiting = statuses.find(({ state }) => /Image/.test(state?.waiting?.reason ?? ''));
  return waiting && `${waiting.state?.waiting?.reason} for the image ${waiting.image}`;
}

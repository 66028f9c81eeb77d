import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensureClient, find } from '../../../steps/ensure.ts';
import { applyManifest, clusterIpOf, remove, type Service } from '../../../steps/objects.ts';
import type { Deployment } from '../../../steps/page-pods.ts';
import { endpointsAre, podsWith, readyPods } from '../../../steps/pods.ts';
import { soon } from '../../../steps/soon.ts';
import { type Look, until } from '../../../steps/until.ts';
import { answerAt } from '../../api-version.check.ts';
import { pageAt } from '../../page.ts';

const name = 'my-nginx';
const service = 'my-nginx-svc';

export const todaysManifest: Step = {
  id: '10-todays-manifest',
  claims: ['R-01'],
  look: 'kubectl get deployments,pods,services,endpointslices; kubectl describe pod, its events',
  links: [
    'document 002, "Example"',
    'https://kubernetes.io/docs/reference/using-api/deprecation-guide/#deployment-v116',
  ],
  setUp: (lab) => ensureClient(lab),
  async check(lab) {
    const deployment = await find<Deployment>(lab, resources.deployments, name);
    demand(deployment, { expected: `a Deployment ${name}`, observed: 'none of that name' });
    foreseenIn(deployment);
    const made = await find<Service>(lab, resources.services, service);
    demand(made, { expected: `a Service ${service}`, observed: 'none of that name' });
    demand(made.spec?.selector?.['app'] === 'nginx', {
      expected: 'a selector that finds the pods app=nginx',
      observed: `the selector ${JSON.stringify(made.spec?.selector ?? {})}`,
      mistake: 'selector',
    });
    const pods = await podsWith(lab, 'app=nginx');
    demand(pods.length === 2, { expected: '2 pods app=nginx', observed: `${pods.length}` });
    const url = `http://${made.spec?.clusterIP}`;
    const [page] = await pageAt(lab, 'debug', url);
    demand(page?.text.includes('Welcome to nginx'), {
      expected: `the page of nginx at ${url}`,
      observed: page?.text.trim() || 'no answer within 3 s',
    });
  },
  async solve(lab) {
    await takeBack(lab);
    await applyManifest(lab, name);
    await endpointsAre(lab, service, await readyPods(lab, 'app=nginx', 2));
    const url = `http://${await clusterIpOf(lab, service)}`;
    await soon(lab, () => pageAt(lab, 'debug', url));
  },
  reset: takeBack,
  mistakes: [
    {
      id: 'private-image',
      make: (lab) => applyChanged(lab, (text) => text.replace('docker.io/nginx:1.27', oldImage)),
    },
    {
      id: 'selector',
      async make(lab) {
        await applyManifest(lab, name, { only: 'Deployment' });
        await applyChanged(lab, (text) =>
          text.replace('"selector":{"app":"nginx"}', '"selector":{"app":"my-nginx"}'),
        );
      },
    },
  ],
  async prediction(lab) {
    const path = `/apis/extensions/v1beta1/namespaces/${lab.namespace}/deployments`;
    return (await answerAt(lab, path)).startsWith('404') ? 2 : 1;
  },
};

const oldImage = '10.126.98.3:5000/nginx:1.0';

function foreseenIn({ spec }: Deployment): void {
  const image = spec?.template.spec?.containers[0]?.image ?? '';
  demand(!image.startsWith('10.126.98.3'), {
    expected: 'an image that can be had here',
    observed: image,
    mistake: 'private-image',
  });
}

/** Applies the manifest as one who changed too little, or too much, would. */
async function applyChanged(lab: Lab, change: (text: string) => string): Promise<void> {
  const text = change(JSON.stringify(await lab.manifest(name)));
  const changed = { ...lab, manifest: async () => JSON.parse(text) };
  await applyManifest(changed, name);
}

async function takeBack(lab: Lab): Promise<void> {
  await remove(lab, resources.services, service);
  await remove(lab, resources.deployments, name);
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const left = await podsWith(lab, 'app=nginx');
      return left.length === 0 ? { found: true } : { yet: `${left.length} pods` };
    },
    { expected: 'no pod app=nginx' },
  );
}

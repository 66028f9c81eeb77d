import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensure, ensureClient, find } from '../../../steps/ensure.ts';
import { applyManifest, remove, type Service } from '../../../steps/objects.ts';
import { applyPagePods, pagePods } from '../../../steps/page-pods.ts';
import {
  endpointsAre,
  ipOf,
  nameOf,
  type Pod,
  podsWith,
  readyAddresses,
  readyPods,
} from '../../../steps/pods.ts';
import { allAnswered, answersOf, askFromPod, describeAnswers } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';

const [service, spare] = ['my-service', 'spare'];

export const anyPodWithTheLabel: Step = {
  id: '30-any-pod-with-the-label',
  claims: ['S-02', 'S-03'],
  look: `kubectl get pods --show-labels; kubectl describe service ${service}`,
  links: [
    'document 000, "Defining a service"',
    'https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service',
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/',
  ],
  async setUp(lab) {
    const ports = [{ number: 9376 }];
    await applyPagePods(lab, 'backend', { replicas: 2, labels: { app: 'MyApp', part: 'backend' }, ports });
    const template = pagePods(spare, { labels: { run: spare }, ports }).spec?.template;
    await ensure(lab, resources.pods, {
      metadata: { name: spare, labels: { run: spare } },
      ...podSpec(template),
    });
    await Promise.all([
      ensureClient(lab),
      readyPods(lab, 'part=backend', 2),
      readyPods(lab, `run=${spare}`, 1),
    ]);
  },
  async check(lab) {
    const made = await find<Service>(lab, resources.services, service);
    demand(made, { expected: `a Service ${service}`, observed: 'none of that name' });
    const pods = await foreseen(lab, made);
    expect(await readyAddresses(lab, service), `the endpoints of ${service}`).to.deep.equal(
      pods.map(ipOf).sort(),
    );
    const answers = await soon(lab, () =>
      askFromPod(lab, 'debug', `http://${made.spec?.clusterIP}`, { times: 32 }),
    );
    allAnswered(answers, `to ${service}`);
    const wanted = pods.map((pod) => `${nameOf(pod)}:9376`).sort();
    expect([...new Set(answersOf(answers))].sort(), 'who answered').to.deep.equal(wanted);
    lab.seen(describeAnswers(answers));
  },
  async solve(lab) {
    await remove(lab, resources.services, service);
    await applyManifest(lab, service);
    await change(lab, { labels: { app: 'MyApp' } });
    await endpointsAre(lab, service, await readyPods(lab, 'app=MyApp', 3));
  },
  async reset(lab) {
    await remove(lab, resources.services, service);
    await change(lab, { labels: { app: null }, annotations: { app: null } });
  },
  mistakes: [
    { id: 'label-case', make: (lab) => changeUnder(lab, { labels: { app: 'myapp' } }) },
    { id: 'annotation', make: (lab) => changeUnder(lab, { annotations: { app: 'MyApp' } }) },
    {
      id: 'selector-changed',
      async make(lab) {
        await applyManifest(lab, service);
        const ref = { namespace: lab.namespace, name: service };
        const patch = { spec: { selector: { app: null, run: spare } } };
        await lab.client.patch(resources.services, ref, patch, { type: 'merge', signal: lab.signal });
      },
    },
  ],
  async prediction(lab) {
    const [pod] = await podsWith(lab, `run=${spare}`);
    if (pod?.status?.containerStatuses?.some(({ restartCount }) => restartCount > 0)) return 3;
    return (await readyAddresses(lab, service)).length === 3 ? 2 : 1;
  },
};

async function foreseen(lab: Lab, { spec }: Service): Promise<Pod[]> {
  demand(JSON.stringify(spec?.selector) === '{"app":"MyApp"}', {
    expected: 'the selector of the document, app=MyApp',
    observed: JSON.stringify(spec?.selector ?? {}),
    mistake: 'selector-changed',
  });
  const pod = await find<Pod>(lab, resources.pods, spare);
  const { labels = {}, annotations = {} } = pod?.metadata ?? {};
  const expected = `the label app=MyApp on the pod ${spare}`;
  const label = labels['app'];
  demand(label === undefined || label === 'MyApp', {
    expected,
    observed: `app=${label}`,
    mistake: 'label-case',
  });
  demand(label !== undefined || annotations['app'] === undefined, {
    expected,
    observed: `an annotation app=${annotations['app']}`,
    mistake: 'annotation',
  });
  demand(label, { expected, observed: `the labels ${Object.keys(labels).join(', ')}` });
  return podsWith(lab, 'app=MyApp');
}

async function changeUnder(lab: Lab, metadata: object): Promise<void> {
  await applyManifest(lab, service);
  await change(lab, metadata);
}

/** Changes labels or annotations of the pod `spare`. */
async function change(lab: Lab, metadata: object): Promise<void> {
  const ref = { namespace: lab.namespace, name: spare };
  await lab.client.patch(resources.pods, ref, { metadata }, { type: 'merge', signal: lab.signal });
}

function podSpec(template: { spec?: Pod['spec'] } | undefined): Pick<Pod, 'spec'> {
  return template?.spec ? { spec: template.spec } : {};
}

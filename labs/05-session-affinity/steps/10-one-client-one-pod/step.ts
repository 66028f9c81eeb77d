import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { echoPods, echoService } from '../../../steps/echo.ts';
import { applyService, ensureClient, find } from '../../../steps/ensure.ts';
import { note, noted } from '../../../steps/notes.ts';
import { applyManifest, clusterIpOf, getService, remove, type Service } from '../../../steps/objects.ts';
import type { Deployment } from '../../../steps/page-pods.ts';
import { ipOf, type Pod, readyPods } from '../../../steps/pods.ts';
import { allAnswered, answersOf, askFromPod, byOnePod, describeAnswers } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { webserverService as name, servedWebservers } from '../../../steps/webservers.ts';

const [deployment, noteOfUid] = ['hostname-deployment', 'uid-of-the-service'];

export const oneClientOnePod: Step = {
  id: '10-one-client-one-pod',
  claims: ['L-10', 'L-11'],
  look: `kubectl get service ${name} --output yaml: its sessionAffinity, its uid; a loop in debug and in debug2`,
  links: [
    'document 001, "세션 어피니티(sessionAffinity)"; document 003, "IPVS proxy mode"',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity',
  ],
  async setUp(lab) {
    await servedWebservers(lab);
    await ensureClient(lab, 'debug2');
    await note(lab, noteOfUid, (await getService(lab, name)).metadata?.uid ?? '');
    if (await find(lab, resources.services, 'echo')) return;
    await echoPods(lab, 'echo', 1);
    await echoService(lab, 'echo');
  },
  async check(lab) {
    const service = await find<Service>(lab, resources.services, name);
    demand(service, { expected: `the Service ${name}`, observed: 'none of that name' });
    await foreseen(lab, service);
    const url = `http://${service.spec?.clusterIP}:8080`;
    const seen: string[] = [];
    for (const client of ['debug', 'debug2']) {
      const answers = await soon(lab, () => askFromPod(lab, client, url, { times: 20 }), byOnePod);
      allAnswered(answers, `to ${client}`);
      expect(new Set(answersOf(answers)).size, `pods that answered ${client}`).to.equal(1);
      seen.push(`${client} (${await addressSeen(lab, client)}): ${describeAnswers(answers)}`);
    }
    lab.seen(seen.join('; '));
  },
  solve: async (lab) => void (await applyManifest(lab, 'hostname-service-clusterip-affinity')),
  async reset(lab) {
    await remove(lab, resources.services, 'sticky-service');
    await annotate(lab, null);
    await applyManifest(lab, name);
    await oneClientOnePod.setUp(lab);
  },
  mistakes: [
    {
      id: 'another-service',
      make: async (lab) => void (await applyService(lab, 'sticky-service', withAffinity)),
    },
    { id: 'on-the-deployment', make: (lab) => annotate(lab, 'ClientIP') },
    {
      id: 'made-anew',
      async make(lab) {
        await remove(lab, resources.services, name);
        await applyManifest(lab, 'hostname-service-clusterip-affinity');
      },
    },
  ],
  async prediction(lab) {
    const url = `http://${await clusterIpOf(lab, name)}:8080`;
    const each = await Promise.all(
      ['debug', 'debug2'].map((pod) => askFromPod(lab, pod, url, { times: 12 })),
    );
    return each.every(byOnePod) ? 2 : 1;
  },
};

const withAffinity = {
  selector: { app: 'webserver' },
  ports: [{ port: 8080, targetPort: 80 }],
  sessionAffinity: 'ClientIP',
};

async function foreseen(lab: Lab, service: Service): Promise<void> {
  if (service.spec?.sessionAffinity === 'ClientIP') {
    demand(service.metadata?.uid === (await noted(lab, noteOfUid)), {
      expected: 'the Service of the start, changed: "configured"',
      observed: 'another Service of the same name: "created"',
      mistake: 'made-anew',
    });
    return;
  }
  const expected = `sessionAffinity ClientIP in the Service ${name}`;
  const observed = `sessionAffinity ${service.spec?.sessionAffinity}`;
  const { items } = await lab.client.list<Service>(resources.services, {
    namespace: lab.namespace,
    signal: lab.signal,
  });
  const other = items.find(({ spec }) => spec?.sessionAffinity === 'ClientIP')?.metadata?.name;
  demand(other === undefined, { expected, observed: `it in ${other}`, mistake: 'another-service' });
  const webservers = await find<Deployment>(lab, resources.deployments, deployment);
  const marks = { ...webservers?.metadata?.annotations, ...webservers?.metadata?.labels };
  const marked = Object.keys(marks).some((key) => /affinity/i.test(key));
  demand(!marked, { expected, observed: 'it on the Deployment', mistake: 'on-the-deployment' });
  demand(false, { expected, observed });
}

/** The address that a backend sees when this pod asks. Throws unless it is the pod's own. */
async function addressSeen(lab: Lab, client: string): Promise<string> {
  const echo = `http://${await clusterIpOf(lab, 'echo')}/clientip`;
  const [answer] = await askFromPod(lab, client, echo);
  const told = answer?.text.trim().replace(/:\d+$/, '');
  const pod = await find<Pod>(lab, resources.pods, client);
  expect(told, `the address that the backend sees when ${client} asks`).to.equal(pod && ipOf(pod));
  return told ?? '';
}

async function annotate(lab: Lab, sessionAffinity: string | null): Promise<void> {
  const ref = { namespace: lab.namespace, name: deployment };
  const patch = { metadata: { annotations: { sessionAffinity } } };
  await lab.client.patch(resources.deployments, ref, patch, { type: 'merge', signal: lab.signal });
  await readyPods(lab, 'app=webserver', 3);
}

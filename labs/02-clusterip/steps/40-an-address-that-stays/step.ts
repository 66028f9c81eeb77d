import { expect } from 'chai';
import { addressAt, parseCidr } from '../../../../lib/ip.ts';
import { ApiError } from '../../../../lib/kube/api-error.ts';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, ensure, find } from '../../../steps/ensure.ts';
import { note, noted } from '../../../steps/notes.ts';
import { remove, type Service } from '../../../steps/objects.ts';
import { endpointsAre, nameOf, podsWith, readyPods } from '../../../steps/pods.ts';
import { allAnswered, askFromPod, describeAnswers } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { scaleWebservers, webservers } from '../../../steps/webservers.ts';

const [name, legacy, noteOfStart] = ['legacy-door', 'legacy-system', 'pods-before-the-scaling'];

export const anAddressThatStays: Step = {
  id: '40-an-address-that-stays',
  claims: ['P-06', 'Z-02'],
  look: `kubectl get service ${name}, kubectl get configmap ${legacy} --output yaml, kubectl get pods`,
  links: [
    'document 003, "Choosing your own IP address"; document 004',
    'https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/',
  ],
  async setUp(lab) {
    const pods = await webservers(lab);
    await note(lab, noteOfStart, pods.map(nameOf).join());
    const address = await freeAddress(lab);
    await ensure(lab, resources.configMaps, { metadata: { name: legacy }, ...{ data: { address } } });
  },
  async check(lab) {
    const service = await find<Service>(lab, resources.services, name);
    demand(service, { expected: `a Service ${name}`, observed: 'none of that name' });
    const address = await wantedAddress(lab);
    foreseen(service, address);
    await replaced(lab);
    const answers = await soon(lab, () => askFromPod(lab, 'debug', `http://${address}:8080`, { times: 12 }));
    allAnswered(answers, `at ${address}:8080`);
    lab.seen(`${address}: ${describeAnswers(answers)}`);
  },
  async solve(lab) {
    await remove(lab, resources.services, name);
    await make(lab, await wantedAddress(lab));
    await scaleWebservers(lab, 0);
    await readyPods(lab, 'app=webserver', 0);
    await scaleWebservers(lab, 3);
    await endpointsAre(lab, name, await readyPods(lab, 'app=webserver', 3));
  },
  async reset(lab) {
    await remove(lab, resources.services, name);
    await anAddressThatStays.setUp(lab);
  },
  mistakes: [
    { id: 'not-chosen', make: (lab) => make(lab, undefined) },
    { id: 'headless', make: (lab) => make(lab, 'None') },
    {
      id: 'still-at-zero',
      async make(lab) {
        await make(lab, await wantedAddress(lab));
        await scaleWebservers(lab, 0);
        await readyPods(lab, 'app=webserver', 0);
      },
    },
  ],
  async prediction(lab) {
    const answer = await outsideTheRange(lab);
    if (answer instanceof ApiError) return 3;
    return answer.spec?.clusterIP === outside ? 1 : 2;
  },
};

/** The address of the document's JSON. */
const outside = '10.0.171.239';

function outsideTheRange({ client, namespace, signal }: Lab): Promise<Service | ApiError> {
  const service: Service = {
    metadata: { namespace, generateName: 'dry-' },
    spec: { clusterIP: outside, ports: [{ port: 8080 }] },
  };
  return client.create(resources.services, service, { dryRun: true, signal }).catch((error: unknown) => {
    if (error instanceof ApiError) return error;
    throw error;
  });
}

function foreseen({ spec }: Service, address: string): void {
  const clusterIP = spec?.clusterIP ?? '';
  const expected = `the cluster IP ${address}, the only one that the legacy system knows`;
  demand(clusterIP !== 'None', { expected, observed: 'None: a headless Service', mistake: 'headless' });
  demand(clusterIP === address, { expected, observed: clusterIP, mistake: 'not-chosen' });
}

async function replaced(lab: Lab): Promise<void> {
  const before = (await noted(lab, noteOfStart)).split(',');
  const pods = (await podsWith(lab, 'app=webserver')).map(nameOf);
  demand(pods.length > 0, {
    expected: 'three new pods, after the scaling to 0 and back',
    observed: 'no pod with app=webserver',
    mistake: 'still-at-zero',
  });
  const old = pods.filter((pod) => before.includes(pod));
  expect(old, 'pods that are there since before the scaling').to.deep.equal([]);
  expect(pods, 'pods with app=webserver').to.have.lengthOf(3);
}

async function wantedAddress(lab: Lab): Promise<string> {
  const map = await find<{ metadata?: object; data?: Record<string, string> }>(
    lab,
    resources.configMaps,
    legacy,
  );
  return map?.data?.['address'] ?? '';
}

/** Low addresses are left to those who choose (KEP-3070). */
async function freeAddress({ client, cluster, signal }: Lab): Promise<string> {
  const { items } = await client.list<Service>(resources.services, { signal });
  const taken = new Set(items.map(({ spec }) => spec?.clusterIP));
  const range = parseCidr(cluster.serviceCidr);
  const free = Array.from({ length: 50 }, (_, i) => addressAt(range, 200 - i)).filter(
    (address) => !taken.has(address),
  );
  return free[Math.floor(Math.random() * free.length)] ?? '';
}

async function make(lab: Lab, clusterIP: string | undefined): Promise<void> {
  await applyService(lab, name, {
    selector: { app: 'webserver' },
    ports: [{ port: 8080, targetPort: 80 }],
    ...(clusterIP !== undefined && { clusterIP }),
  });
}

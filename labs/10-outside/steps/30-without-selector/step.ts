import { resources } from '../../../../lib/kube/resources.ts';
import type { V1EndpointSlice, Wire } from '../../../../lib/kube/types.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, ensure, ensureClient, find } from '../../../steps/ensure.ts';
import { remove, type Service } from '../../../steps/objects.ts';
import { applyPagePods } from '../../../steps/page-pods.ts';
import { ipOf, readyPods } from '../../../steps/pods.ts';
import { allAnswered, askFromPod, firstRefusal } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';

const service = 'legacy';
const slice = 'legacy-1';
const serviceLabel = 'kubernetes.io/service-name';

export const withoutSelector: Step = {
  id: '30-without-selector',
  claims: [],
  look: 'kubectl get endpointslices --output yaml: labels, ports, endpoints; the address of the pod old-server',
  links: [
    'document 002, "service without selectors"',
    'https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors',
  ],
  async setUp(lab) {
    await applyPagePods(lab, 'old-server', { labels: { run: 'old-server' }, ports: [{ number: 9376 }] });
    await Promise.all([readyPods(lab, 'run=old-server', 1), ensureClient(lab)]);
    await applyService(lab, service, { ports: [{ port: 80, targetPort: 9376 }] });
  },
  async check(lab) {
    const found = await find<Slice>(lab, resources.endpointSlices, slice);
    demand(found, { expected: `an EndpointSlice ${slice}`, observed: 'none of that name' });
    await foreseen(lab, found);
    const url = await urlOf(lab);
    allAnswered(await askFromPod(lab, 'debug', url, { times: 3 }), `at the Service ${service}`);
  },
  async solve(lab) {
    await make(lab, {});
    const url = await urlOf(lab);
    await soon(lab, () => askFromPod(lab, 'debug', url));
  },
  reset: (lab) => remove(lab, resources.endpointSlices, slice),
  mistakes: [
    { id: 'label-left-out', make: (lab) => make(lab, { labels: {} }) },
    { id: 'port', make: (lab) => make(lab, { port: 80 }) },
    { id: 'address', make: (lab) => make(lab, { address: '172.16.250.250' }) },
  ],
  async prediction(lab) {
    const { spec } = await applyService(lab, 'probe', { ports: [{ port: 80, targetPort: 9376 }] });
    const url = `http://${spec?.clusterIP}`;
    const answers = await soon(
      lab,
      () => askFromPod(lab, 'debug', url),
      (given) => firstRefusal(given) !== undefined,
    );
    await remove(lab, resources.services, 'probe');
    return firstRefusal(answers)?.includes('refused') ? 2 : 1;
  },
};

type Slice = Wire<V1EndpointSlice>;

async function foreseen(lab: Lab, found: Slice): Promise<void> {
  const label = found.metadata?.labels?.[serviceLabel];
  demand(label === service, {
    expected: `the label ${serviceLabel}: ${service}`,
    observed: label ?? 'no such label',
    mistake: 'label-left-out',
  });
  const port = found.ports?.[0]?.port;
  demand(port === 9376, {
    expected: 'the port 9376, where the server listens',
    observed: `the port ${port}`,
    mistake: 'port',
  });
  const [pod] = await readyPods(lab, 'run=old-server', 1);
  const address = pod && ipOf(pod);
  const given = (found.endpoints ?? []).flatMap(({ addresses }) => addresses);
  demand(given.includes(address ?? ''), {
    expected: `the address ${address} of the pod old-server`,
    observed: given.join(', ') || 'no address',
    mistake: 'address',
  });
}

interface Parts {
  labels?: Record<string, string>;
  port?: number;
  address?: string;
}

async function make(lab: Lab, { labels = { [serviceLabel]: service }, port = 9376, address }: Parts) {
  const [pod] = await readyPods(lab, 'run=old-server', 1);
  await remove(lab, resources.endpointSlices, slice);
  const object = {
    metadata: { name: slice, labels },
    addressType: 'IPv4',
    ports: [{ port, protocol: 'TCP' }],
    endpoints: [{ addresses: [address ?? (pod ? ipOf(pod) : '')], conditions: { ready: true } }],
  };
  await ensure(lab, resources.endpointSlices, object);
}

async function urlOf(lab: Lab): Promise<string> {
  const made = await find<Service>(lab, resources.services, service);
  return `http://${made?.spec?.clusterIP}`;
}

import { resources } from '../../../../lib/kube/resources.ts';
import { CheckFailure, demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { find, putService } from '../../../steps/ensure.ts';
import { remove, type Service } from '../../../steps/objects.ts';
import { backend, selector } from '../../backend.ts';
import { timesOf } from '../../new-names.check.ts';
import { portOf } from '../../port-records.check.ts';
import { fullName, lookUp } from '../../records.ts';

const service = 'my-service';
const http = { name: 'http', protocol: 'TCP', port: 80, targetPort: 9376 };
const https = { name: 'https', protocol: 'TCP', port: 443, targetPort: 9377 };

export const namedPorts: Step = {
  id: '20-named-ports',
  claims: ['S-09', 'P-08'],
  look: 'kubectl get service my-service --output yaml; nslookup -type=srv in the pod debug',
  links: [
    'document 000, "DNS": _http._tcp.my-service.my-ns',
    'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#srv-records',
  ],
  async setUp(lab) {
    await backend(lab);
    await takeBack(lab);
  },
  async check(lab) {
    const made = await find<Service>(lab, resources.services, service);
    demand(made, { expected: `a Service ${service}`, observed: 'none of that name' });
    foreseen(made);
    for (const { name, port } of [http, https]) {
      const record = `_${name}._tcp.${fullName(lab, service)}`;
      const { services, text } = await lookUp(lab, record, 'srv');
      if (services[0]?.port === port) continue;
      const observed = services[0] === undefined ? text : `the port ${services[0].port}`;
      throw new CheckFailure({ expected: `the SRV record ${record} to give the port ${port}`, observed });
    }
  },
  async solve(lab) {
    await put(lab, [http, https]);
    await portOf(lab, 'https', https.port);
  },
  reset: takeBack,
  mistakes: [
    { id: 'other-name', make: (lab) => put(lab, [{ ...http, name: 'web' }, https]) },
    { id: 'udp', make: (lab) => put(lab, [{ ...http, protocol: 'UDP' }, https]) },
    { id: 'one-port', make: (lab) => put(lab, [http]) },
  ],
  async prediction(lab) {
    const { found, missing } = await timesOf(lab, 'fresh');
    return found <= 1000 && missing <= 1000 ? 1 : 2;
  },
};

function foreseen({ spec }: Service): void {
  const ports = spec?.ports ?? [];
  if (ports.length === 1 && ports[0]?.name === undefined) return;
  const web = ports.find(({ port }) => port === 80);
  demand(web?.name === 'http', {
    expected: 'the name http for the port 80',
    observed: web?.name ?? 'no port 80',
    mistake: 'other-name',
  });
  demand(web.protocol === 'TCP', {
    expected: 'TCP for the port http',
    observed: `${web.protocol}`,
    mistake: 'udp',
  });
  demand(ports.length > 1, {
    expected: 'the ports http and https',
    observed: 'only http',
    mistake: 'one-port',
  });
}

async function takeBack(lab: Lab): Promise<void> {
  await put(lab, [{ protocol: 'TCP', port: 80, targetPort: 9376 }]);
}

interface Port {
  name?: string;
  protocol: string;
  port: number;
  targetPort: number;
}

/** Made anew: a patch would leave the fields of ports that it does not name. */
async function put(lab: Lab, ports: Port[]): Promise<void> {
  await remove(lab, resources.services, service);
  await putService(lab, service, { selector, ports });
}

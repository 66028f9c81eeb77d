import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensureClient, putService } from '../../../steps/ensure.ts';
import { describePorts, expectedService, portsOf, selectorOf } from '../../../steps/expected-service.ts';
import { remove, type Service } from '../../../steps/objects.ts';
import { endpointsAre, podsWith, readyPods } from '../../../steps/pods.ts';
import { twoProtocols } from '../../two-protocols.check.ts';
import { applyEcho, bothProtocols, echoPort } from '../../udp.ts';

const selector = { app: 'echo' };

export const twoProtocolsStep: Step = {
  id: '30-two-protocols',
  claims: ['R-05'],
  look: 'kubectl describe service echo: behind each number stands its protocol',
  links: [
    'document 002, "Example": TCP and UDP, the default is TCP',
    'https://kubernetes.io/docs/reference/networking/service-protocols/',
  ],
  async setUp(lab) {
    await applyEcho(lab);
    await Promise.all([readyPods(lab, 'app=echo', 1), ensureClient(lab)]);
  },
  async check(lab) {
    await foreseen(lab);
    await twoProtocols.run(lab);
  },
  async solve(lab) {
    await remove(lab, resources.services, 'echo');
    await bothProtocols(lab);
    await endpointsAre(lab, 'echo', await podsWith(lab, 'app=echo'));
  },
  reset: (lab) => remove(lab, resources.services, 'echo'),
  mistakes: [
    { id: 'tcp-only', make: (lab) => made(lab, [{ name: 'http', port: echoPort }]) },
    { id: 'udp-only', make: (lab) => made(lab, [{ name: 'dgram', port: echoPort, protocol: 'UDP' }]) },
    {
      id: 'other-number',
      make: (lab) =>
        made(lab, [
          { name: 'http', port: echoPort },
          { name: 'dgram', port: echoPort + 1, protocol: 'UDP' },
        ]),
    },
  ],
  async prediction(lab) {
    const { namespace, signal } = lab;
    const service: Service = { metadata: { name: 'guess', namespace }, spec: { ports: [{ port: 1 }] } };
    const given = await lab.client.create(resources.services, service, { dryRun: true, signal });
    return given.spec?.ports?.[0]?.protocol === 'TCP' ? 1 : 2;
  },
};

async function made(lab: Lab, ports: { name: string; port: number; protocol?: string }[]): Promise<void> {
  await putService(lab, 'echo', { selector, ports });
}

async function foreseen(lab: Lab): Promise<void> {
  const service = await expectedService(lab, 'echo');
  const ports = portsOf(service);
  const observed = describePorts(ports);
  const numbersOf = (protocol: string) =>
    ports.filter((port) => port.protocol === protocol).map(({ port }) => port);
  const [tcp, udp] = [numbersOf('TCP'), numbersOf('UDP')];
  const expected = `${echoPort}/TCP and ${echoPort}/UDP`;
  demand(udp.length > 0, { expected, observed, mistake: 'tcp-only' });
  demand(tcp.length > 0, { expected, observed, mistake: 'udp-only' });
  const same = tcp.includes(echoPort) && udp.includes(echoPort);
  demand(same, { expected, observed, mistake: 'other-number' });
  const labels = selectorOf(service);
  demand(labels === 'app=echo', { expected: 'the selector app=echo', observed: labels });
}

import type { LabDefinition } from '../lab.ts';
import { ensureClient } from '../steps/ensure.ts';
import { applyManifest } from '../steps/objects.ts';
import { applyPagePods } from '../steps/page-pods.ts';
import { endpointsAre, readyPods } from '../steps/pods.ts';
import { namedPorts } from './named-ports.check.ts';
import { namedTargets } from './named-targets.check.ts';
import { applyShop, shopService } from './shop.ts';
import { twoPorts } from './steps/10-two-ports/step.ts';
import { targetByName } from './steps/20-target-by-name/step.ts';
import { twoProtocolsStep } from './steps/30-two-protocols/step.ts';
import { twoProtocols } from './two-protocols.check.ts';
import { applyEcho, bothProtocols } from './udp.ts';

export const ports: LabDefinition = {
  id: '11-ports',
  title: 'Several ports, named ports, TCP and UDP',
  async setUp(lab) {
    await applyPagePods(lab, 'my-app', {
      labels: { app: 'MyApp' },
      ports: [{ number: 9376 }, { number: 9377 }],
    });
    await applyManifest(lab, 'my-service-multi-port');
    await applyShop(lab);
    await shopService(lab, 'http-web');
    await applyEcho(lab);
    await bothProtocols(lab);
    const [mine, shop, echo] = await Promise.all([
      readyPods(lab, 'app=MyApp', 1),
      readyPods(lab, 'app=shop', 2),
      readyPods(lab, 'app=echo', 1),
      ensureClient(lab),
    ]);
    await endpointsAre(lab, 'my-service', mine);
    await endpointsAre(lab, 'echo', echo);
    await endpointsAre(lab, 'shop', shop);
  },
  checks: [namedPorts, namedTargets, twoProtocols],
  steps: [twoPorts, targetByName, twoProtocolsStep],
};

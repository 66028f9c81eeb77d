import type { LabDefinition } from '../lab.ts';
import { applyService } from '../steps/ensure.ts';
import { applyManifest } from '../steps/objects.ts';
import { endpointsAre, readyPods, startClient } from '../steps/pods.ts';
import { externalAddresses, externalIps } from './external-ips.check.ts';
import { aliasOf, externalName, twin } from './external-name.check.ts';
import { externalNameStep } from './steps/10-external-name/step.ts';
import { externalIp } from './steps/20-external-ip/step.ts';
import { withoutSelector } from './steps/30-without-selector/step.ts';

const selector = { app: 'webserver' };
const ports = [{ port: 8080, targetPort: 80 }];

export const outsideLab: LabDefinition = {
  id: '10-outside',
  title: 'Names and addresses outside of the cluster',
  async setUp(lab) {
    await applyManifest(lab, 'hostname-deployment');
    await applyService(lab, aliasOf.name, {
      type: 'ExternalName',
      externalName: aliasOf.target,
      externalIPs: [aliasOf.address],
      ports,
    });
    await applyService(lab, twin.name, { selector, ports, externalIPs: [twin.address] });
    const { clusterIp, nodePort } = externalAddresses;
    await applyService(lab, 'out-clusterip', { selector, ports, externalIPs: [clusterIp] });
    await applyService(lab, 'out-nodeport', { type: 'NodePort', selector, ports, externalIPs: [nodePort] });
    const [pods] = await Promise.all([readyPods(lab, 'app=webserver', 3), startClient(lab)]);
    await endpointsAre(lab, 'out-nodeport', pods);
  },
  steps: [externalNameStep, externalIp, withoutSelector],
  checks: [externalName, externalIps],
};

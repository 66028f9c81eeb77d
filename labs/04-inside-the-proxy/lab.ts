import type { LabDefinition } from '../lab.ts';
import { applyManifest } from '../steps/objects.ts';
import { endpointsAre, readyPods, startClient } from '../steps/pods.ts';
import { everyNode } from './every-node.check.ts';
import { fromNodes } from './from-nodes.check.ts';
import { ipvs } from './ipvs.check.ts';
import { fromEveryNode } from './steps/10-from-every-node/step.ts';
import { followOnePacket } from './steps/20-follow-one-packet/step.ts';
import { userspaceStep } from './steps/30-userspace/step.ts';
import { ipvsStep } from './steps/40-ipvs-or-what-takes-its-place/step.ts';
import { userspace } from './userspace.check.ts';

export const insideTheProxy: LabDefinition = {
  id: '04-inside-the-proxy',
  title: 'Inside the proxy of every node',
  async setUp(lab) {
    await applyManifest(lab, 'hostname-deployment');
    await applyManifest(lab, 'hostname-service-clusterip');
    await applyManifest(lab, 'my-nginx');
    const [webservers, nginx] = await Promise.all([
      readyPods(lab, 'app=webserver', 3),
      readyPods(lab, 'app=nginx', 2),
      startClient(lab),
    ]);
    await endpointsAre(lab, 'hostname-service-clusterip', webservers);
    await endpointsAre(lab, 'my-nginx-svc', nginx);
  },
  checks: [everyNode, fromNodes, userspace, ipvs],
  steps: [fromEveryNode, followOnePacket, userspaceStep, ipvsStep],
};

import { expect } from 'chai';
import type { Check, Lab } from '../lab.ts';
import { applyService } from '../steps/ensure.ts';
import { nodesOf, type Service } from '../steps/objects.ts';
import { endpointsAre, podsWith } from '../steps/pods.ts';
import { type Answer, askFromNode, askFromPod, firstRefusal } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

/** A machine of the class network that is no part of the cluster. */
export const outside = 'outside';

export const types: Check = {
  claims: ['S-11'],
  title: 'ClusterIP is the default and internal; each of NodePort and LoadBalancer adds a door to it',
  look: 'kubectl get services; wget to each address from the pod debug and from the machine outside',
  async run(lab) {
    const plain = await serviceOf(lab, 'type-default', {});
    const node = await serviceOf(lab, 'type-nodeport', { type: 'NodePort' });
    const balanced = await serviceOf(lab, 'type-loadbalancer', { type: 'LoadBalancer' });
    const alias = await applyService(lab, 'type-externalname', {
      type: 'ExternalName',
      externalName: 'my.database.example.com',
    });
    expect(shape(plain), 'a Service that names no type').to.equal('ClusterIP: cluster IP');
    expect(shape(node), 'NodePort').to.equal('NodePort: cluster IP, node port');
    expect(shape(balanced), 'LoadBalancer').to.equal('LoadBalancer: cluster IP, node port');
    expect(shape(alias), 'ExternalName').to.equal('ExternalName: nothing');
    const [first] = await nodesOf(lab);
    for (const service of [plain, node, balanced]) {
      await opens(lab, clusterUrl(service), { inside: true, outside: false });
      const port = nodePortOf(service);
      if (port) await opens(lab, `http://${first?.address}:${port}`, { inside: true, outside: true });
    }
    lab.seen('cluster IPs: inside only; node ports: inside and outside; ExternalName: no address');
  },
};

async function serviceOf(lab: Lab, name: string, type: { type?: string }): Promise<Service> {
  const ports = [{ port: 8080, targetPort: 80 }];
  const service = await applyService(lab, name, { ...type, selector: { app: 'webserver' }, ports });
  await endpointsAre(lab, name, await podsWith(lab, 'app=webserver'));
  return service;
}

function shape(service: Service): string {
  const parts = [service.spec?.clusterIP && 'cluster IP', nodePortOf(service) && 'node port'];
  return `${service.spec?.type}: ${parts.filter(Boolean).join(', ') || 'nothing'}`;
}

function nodePortOf({ spec }: Service): number | undefined {
  return spec?.ports?.[0]?.nodePort;
}

function clusterUrl({ spec }: Service): string {
  return `http://${spec?.clusterIP}:8080`;
}

/** Fails unless the door is open, or shut, for the pod debug and for the machine outside. */
async function opens(lab: Lab, url: string, door: { inside: boolean; outside: boolean }): Promise<void> {
  const from: readonly [string, boolean, () => Promise<Answer[]>][] = [
    ['the pod debug', door.inside, () => askFromPod(lab, 'debug', url)],
    ['the machine outside', door.outside, () => askFromNode(lab, outside, url)],
  ];
  for (const [who, open, ask] of from) {
    const answers = open ? await soon(lab, ask) : await ask();
    const said = firstRefusal(answers) === undefined;
    expect(said ? 'open' : 'shut', `${url} for ${who}`).to.equal(open ? 'open' : 'shut');
  }
}

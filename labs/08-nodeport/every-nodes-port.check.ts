import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import type { Check, Lab } from '../lab.ts';
import { getService, type NodeFacts, nodesOf, remove, type Service } from '../steps/objects.ts';
import { endpointsAre, nameOf, podsWith } from '../steps/pods.ts';
import { allAnswered, answersOf, askFromNode, askFromPod } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

export const everyNodesPort: Check = {
  claims: ['L-14'],
  title: 'a NodePort is open on every node, the same number; from the range unless chosen',
  look: 'kubectl get service, PORT(S); wget http://NODE:PORT from a pod and from each node',
  async run(lab) {
    const nodes = await nodesOf(lab);
    const random = portOf(await getService(lab, 'hostname-service-nodeport'));
    const [from, to] = lab.cluster.nodePorts;
    expect(random, `the node port, from the range ${from}-${to}`).to.be.within(from, to);
    await openEverywhere(lab, nodes, random);

    const wanted = await freePort(lab, 30_001);
    await remove(lab, resources.services, 'chosen');
    const chosen = await create(lab, wanted);
    expect(portOf(chosen), 'the node port that was chosen').to.equal(wanted);
    await endpointsAre(lab, 'chosen', await podsWith(lab, 'app=webserver'));
    await openEverywhere(lab, nodes, wanted);
    lab.seen(
      `${random} (by chance) and ${wanted} (chosen) are open on ${nodes.map(({ address }) => address).join(', ')}`,
    );
  },
};

/** From a pod and from every node's shell, to every node. */
async function openEverywhere(lab: Lab, nodes: readonly NodeFacts[], port: number): Promise<void> {
  const names = (await podsWith(lab, 'app=webserver')).map(nameOf);
  for (const { name, address } of nodes) {
    const url = `http://${address}:${port}`;
    const answers = await soon(lab, () => askFromPod(lab, 'debug', url, { times: 2 }));
    allAnswered(answers, `at ${url} in a pod`);
    for (const { name: origin } of nodes) {
      const fromNode = await soon(lab, () => askFromNode(lab, origin, url, { times: 2 }));
      allAnswered(fromNode, `at ${url} on ${origin}`);
      answers.push(...fromNode);
    }
    expect(names, `the pods of the Service, asked at ${name}`).to.include.members(answersOf(answers));
  }
}

/** The wanted port, or the next one that no Service of the cluster holds. */
export async function freePort(lab: Lab, wanted: number): Promise<number> {
  const { items } = await lab.client.list<Service>(resources.services, { signal: lab.signal });
  const taken = new Set(
    items.flatMap((service) => service.spec?.ports?.map(({ nodePort }) => nodePort) ?? []),
  );
  let port = wanted;
  while (taken.has(port)) port++;
  return port;
}

function create(lab: Lab, nodePort: number): Promise<Service> {
  const service: Service = {
    metadata: { name: 'chosen', namespace: lab.namespace },
    spec: {
      type: 'NodePort',
      selector: { app: 'webserver' },
      ports: [{ port: 8080, targetPort: 80, nodePort }],
    },
  };
  return lab.client.create(resources.services, service, { signal: lab.signal });
}

function portOf(service: Service): number {
  return service.spec?.ports?.[0]?.nodePort ?? 0;
}

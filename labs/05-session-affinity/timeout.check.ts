import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import { CheckFailure } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { remove, type Service } from '../steps/objects.ts';
import { endpointsAre, podsWith } from '../steps/pods.ts';
import { answersOf, askFromPod, describeAnswers, shortName } from '../steps/requests.ts';

const name = 'hostname-service-timeout';

export const timeout: Check = {
  claims: ['P-05'],
  title: 'timeoutSeconds is 10800 by default; with a short one a client that paused may move on',
  look: 'sessionAffinityConfig in kubectl get service --output yaml; requests with pauses between them',
  timeoutMs: 45_000,
  async run(lab) {
    await remove(lab, resources.services, name);
    const service = await create(lab);
    const given = service.spec?.sessionAffinityConfig?.clientIP?.timeoutSeconds;
    expect(given, 'timeoutSeconds of a Service that does not choose').to.equal(10_800);
    const patch = { spec: { sessionAffinityConfig: { clientIP: { timeoutSeconds: 2 } } } };
    const ref = { namespace: lab.namespace, name };
    await lab.client.patch(resources.services, ref, patch, { type: 'merge', signal: lab.signal });
    await endpointsAre(lab, name, await podsWith(lab, 'app=webserver'));
    const url = `http://${service.spec?.clusterIP}:8080`;
    const [from, to] = await movesOn(lab, url);
    lab.seen(`default 10800 s; with 2 s: ${shortName(from)} for 20 requests, after a pause ${shortName(to)}`);
  },
};

function create(lab: Lab): Promise<Service> {
  const service: Service = {
    metadata: { name, namespace: lab.namespace },
    spec: {
      selector: { app: 'webserver' },
      ports: [{ port: 8080, targetPort: 80 }],
      sessionAffinity: 'ClientIP',
    },
  };
  return lab.client.create(resources.services, service, { signal: lab.signal });
}

/** Chance may pick the same pod again, so there are several pauses: all alike three pods in a row is rarer than 1 in 10,000. */
const pauses = 9;

async function movesOn(lab: Lab, url: string): Promise<[string, string]> {
  let last: string | undefined;
  for (let i = 0; i <= pauses; i++) {
    if (i > 0) await lab.inPod('debug', ['sleep', '2.5']);
    const answers = await askFromPod(lab, 'debug', url, { times: i === 0 ? 20 : 1 });
    const names = new Set(answersOf(answers));
    expect(
      names.size,
      `pods that answer quick requests of one client (${describeAnswers(answers)})`,
    ).to.equal(1);
    const [now = ''] = names;
    if (last !== undefined && now !== last) return [last, now];
    last = now;
  }
  throw new CheckFailure({
    expected: 'another pod after one of several pauses longer than timeoutSeconds',
    observed: `${last} each time`,
  });
}

import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { find } from '../../../steps/ensure.ts';
import { applyManifest, type Service } from '../../../steps/objects.ts';
import { allAnswered, askFromPod, byOnePod, describeAnswers } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { webserverService as name, servedWebservers } from '../../../steps/webservers.ts';

const wantedSeconds = 10;

export const forHowLong: Step = {
  id: '20-for-how-long',
  claims: ['P-05'],
  look: `kubectl get service ${name} --output yaml: sessionAffinityConfig`,
  links: [
    'document 003, "IPVS proxy mode", the last point',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#session-stickiness-timeout',
  ],
  async setUp(lab) {
    await servedWebservers(lab);
    await applyManifest(lab, 'hostname-service-clusterip-affinity');
  },
  async check(lab) {
    const service = await find<Service>(lab, resources.services, name);
    demand(service, { expected: `the Service ${name}`, observed: 'none of that name' });
    const seconds = foreseen(service);
    expect(seconds, 'timeoutSeconds').to.equal(wantedSeconds);
    const url = `http://${service.spec?.clusterIP}:8080`;
    const answers = await soon(lab, () => askFromPod(lab, 'debug', url, { times: 12 }), byOnePod);
    allAnswered(answers, 'to debug');
    expect(byOnePod(answers), `one pod for quick requests (${describeAnswers(answers)})`).to.equal(true);
    lab.seen(`${seconds} s; ${describeAnswers(answers)}`);
  },
  solve: (lab) => affinity(lab, wantedSeconds),
  reset: (lab) => affinity(lab, 10_800),
  mistakes: [
    { id: 'milliseconds', make: (lab) => affinity(lab, wantedSeconds * 1000) },
    {
      id: 'no-affinity',
      make: (lab) => change(lab, { sessionAffinity: 'None', sessionAffinityConfig: null }),
    },
  ],
  async prediction(lab) {
    const service: Service = {
      metadata: { namespace: lab.namespace, generateName: 'dry-' },
      spec: { ports: [{ port: 80 }], sessionAffinity: 'ClientIP' },
    };
    const dry = { dryRun: true, signal: lab.signal };
    const { spec } = await lab.client.create<Service>(resources.services, service, dry);
    const seconds = spec?.sessionAffinityConfig?.clientIP?.timeoutSeconds;
    if (seconds === undefined) return 3;
    return seconds === 10_800 ? 2 : 1;
  },
};

/** Returns the timeout. */
function foreseen({ spec }: Service): number | undefined {
  const expected = `sessionAffinity ClientIP for ${wantedSeconds} seconds`;
  demand(spec?.sessionAffinity === 'ClientIP', {
    expected,
    observed: `sessionAffinity ${spec?.sessionAffinity}`,
    mistake: 'no-affinity',
  });
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  demand(seconds !== wantedSeconds * 1000, {
    expected,
    observed: `${seconds} seconds, which is nearly three hours`,
    mistake: 'milliseconds',
  });
  return seconds;
}

function affinity(lab: Lab, timeoutSeconds: number): Promise<void> {
  return change(lab, {
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds } },
  });
}

async function change(lab: Lab, spec: object): Promise<void> {
  const ref = { namespace: lab.namespace, name };
  await lab.client.patch(resources.services, ref, { spec }, { type: 'merge', signal: lab.signal });
}

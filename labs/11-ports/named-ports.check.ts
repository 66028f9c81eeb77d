import { expect } from 'chai';
import { ApiError } from '../../lib/kube/api-error.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { Check, Lab } from '../lab.ts';
import { clusterIpOf, type Service } from '../steps/objects.ts';
import { allAnswered, answersOf, askFromPod } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

export const namedPorts: Check = {
  claims: ['S-06'],
  title: 'two named ports lead to a target port each; a port without a name, or with a bad one, is refused',
  look: 'kubectl describe service my-service, and what kubectl says when a name is bad',
  async run(lab) {
    const address = await clusterIpOf(lab, 'my-service');
    for (const [port, target] of doors) {
      const answers = await soon(lab, () => askFromPod(lab, 'debug', `http://${address}:${port}`));
      allAnswered(answers, `at port ${port}`);
      expect(answersOf(answers)[0], `who answers at port ${port}`).to.match(new RegExp(`:${target}$`));
    }
    for (const names of goodNames) expect(await refusalOf(lab, names), names.join(', ')).to.equal('accepted');
    for (const names of badNames) {
      const refusal = await refusalOf(lab, names);
      expect(refusal, `the answer to ports named ${names.join(', ')}`).to.match(
        /^422 .*spec\.ports\[1\]\.name/,
      );
    }
    lab.seen('80 → 9376 and 443 → 9377; 422 for 123_abc, for -web and for no name');
  },
};

const doors = [
  [80, 9376],
  [443, 9377],
] as const;

/** The documents' own examples. */
const goodNames = [
  ['http', '123-abc'],
  ['http', 'web'],
];
const badNames = [
  ['http', '123_abc'],
  ['http', '-web'],
  ['http', ''],
];

/** `accepted`, or the API server's refusal with its code, of a Service whose ports have these names. Nothing is made. */
export async function refusalOf(lab: Lab, names: readonly string[]): Promise<string> {
  const ports = names.map((name, i) => ({ port: 80 + i, ...(name !== '' && { name }) }));
  const service: Service = { metadata: { name: 'names', namespace: lab.namespace }, spec: { ports } };
  try {
    await lab.client.create(resources.services, service, { dryRun: true, signal: lab.signal });
    return 'accepted';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

import { expect } from 'chai';
import type { Check } from '../lab.ts';
import { getService, nodesOf } from '../steps/objects.ts';
import { nameOf, readyPods } from '../steps/pods.ts';
import { askFromPod } from '../steps/requests.ts';
import { type Look, until } from '../steps/until.ts';
import { askByUdp, echoPort } from './udp.ts';

export const twoProtocols: Check = {
  claims: ['R-05'],
  title: 'one number serves TCP and UDP at once; a port that names no protocol is TCP',
  look: 'kubectl describe service echo: the protocol behind each port',
  async run(lab) {
    const { spec } = await getService(lab, 'echo');
    const address = spec?.clusterIP ?? '';
    const protocols = (spec?.ports ?? []).map(({ port, protocol }) => `${port}/${protocol}`).sort();
    expect(protocols, 'the ports').to.deep.equal([`${echoPort}/TCP`, `${echoPort}/UDP`]);
    const [pod] = await readyPods(lab, 'app=echo', 1);
    const own = pod && nameOf(pod);
    const byTcp = async () =>
      (await askFromPod(lab, 'debug', `http://${address}:${echoPort}/hostname`))[0]?.text.trim();
    await says(byTcp, 'TCP');
    const nodes = await nodesOf(lab);
    for (const { name } of nodes)
      await says(() => askByUdp(lab, name, address, echoPort), `UDP, from ${name}`);
    lab.seen(`${own} answers at ${echoPort}/TCP, and at ${echoPort}/UDP from ${nodes.length} nodes`);

    async function says(ask: () => Promise<string | undefined>, how: string): Promise<void> {
      const look = async (): Promise<Look<true>> => {
        const answer = await ask();
        return answer === own ? { found: true } : { yet: answer || 'no answer' };
      };
      await until(lab, look, { expected: `${own} to answer by ${how}`, timeoutMs: 5000 });
    }
  },
};

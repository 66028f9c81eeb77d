import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { endpointsAre, ipOf, nameOf, type Pod, podsWith, readyPods } from '../steps/pods.ts';
import { soon } from '../steps/soon.ts';
import { type Look, until } from '../steps/until.ts';
import { fullName, lookUp } from './records.ts';

export const cachedName: Check = {
  claims: ['P-01'],
  title: 'a client that resolved a headless name once loses its pod; a client of the cluster IP does not',
  look: 'nslookup of my-headless and of my-service in debug; the addresses of the pods before and after',
  async run(lab) {
    const pods = await podsWith(lab, 'app=MyApp');
    const [remembered] = await resolved(lab, pods.length);
    const victim = pods.find((pod) => ipOf(pod) === remembered);
    demand(victim, {
      expected: `my-headless resolves to addresses of pods: ${pods.map(ipOf).join(', ')}`,
      observed: `${remembered}`,
    });
    const before = await names(lab, remembered ?? '', 9);
    expect([...new Set(before)], 'who answers the client that asked the DNS once').to.deep.equal([
      nameOf(victim),
    ]);
    const cached = { address: remembered ?? '', virtual: await clusterIpOf(lab, 'my-service') };
    await replace(lab, victim, pods.length);
    expect(await names(lab, cached.address, 1), 'answers at the remembered address').to.deep.equal(['none']);
    const after = await names(lab, cached.virtual, 9);
    expect(after, 'answers at the cluster IP').to.not.include('none');
    lab.seen(`${cached.address} ×9, then silent; ${cached.virtual} still answers`);
  },
};

/** The addresses of the headless name: one for each pod. */
function resolved(lab: Lab, count: number): Promise<string[]> {
  return until(
    lab,
    async (): Promise<Look<string[]>> => {
      const { addresses, text } = await lookUp(lab, fullName(lab, 'my-headless'));
      return addresses.length > 0 ? { found: addresses } : { yet: text };
    },
    { expected: `my-headless to resolve to ${count} addresses`, timeoutMs: 5000 },
  );
}

/** Who answers a client that goes to this address; `none` where nobody does. */
async function names(lab: Lab, address: string, times: number): Promise<string[]> {
  const url = address === (await clusterIpOf(lab, 'my-service')) ? address : `${address}:9376`;
  const script = `i=0; while [ $i -lt $2 ]; do timeout 2 wget -q -O - "$1" || echo none; echo; i=$((i+1)); done`;
  const argv = ['sh', '-c', script, 'sh', `http://${url}/hostname`, `${times}`];
  const { stdout } = await lab.inPod('debug', argv, { timeoutMs: 20_000 });
  return stdout.split('\n').filter((line) => line !== '');
}

async function replace(lab: Lab, victim: Pod, count: number): Promise<void> {
  const ref = { namespace: lab.namespace, name: nameOf(victim) };
  await lab.client.delete(resources.pods, ref, { gracePeriodSeconds: 0, signal: lab.signal });
  const pods = await readyPods(lab, 'app=MyApp', count, { timeoutMs: 15_000 });
  await endpointsAre(lab, 'my-service', pods);
  const virtual = await clusterIpOf(lab, 'my-service');
  const ask = async () =>
    (await names(lab, virtual, 4)).map((by) => ({ by: by === 'none' ? undefined : by, text: by, at: 0 }));
  await soon(lab, ask);
}

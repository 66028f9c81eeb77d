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
    const seen = await afterReplacement(lab);
    expect(seen.cached, 'answers at the remembered address').to.deep.equal(['none']);
    expect(seen.virtual, 'answers at the cluster IP').to.not.include('none');
    lab.seen(`${seen.remembered} ×9, then silent; the cluster IP still answers`);
  },
};

export interface Replacement {
  /** The address that the client resolved before. */
  remembered: string;
  /** Who answers there when the pod has been replaced; `none` for no answer. */
  cached: string[];
  /** Who answers at the cluster IP then. */
  virtual: string[];
}

/** A client resolves a headless name once; its pod answers nine requests and is replaced. Tells who answers then. */
export async function afterReplacement(lab: Lab, headless = 'my-headless'): Promise<Replacement> {
  const pods = await podsWith(lab, 'app=MyApp');
  const [remembered = ''] = await resolved(lab, headless);
  const victim = pods.find((pod) => ipOf(pod) === remembered);
  demand(victim, {
    expected: `${headless} resolves to addresses of pods: ${pods.map(ipOf).join(', ')}`,
    observed: remembered,
  });
  const direct = `${remembered}:9376`;
  const before = new Set(await pages(lab, direct, 9));
  expect([...before], 'who answers the client that asked the DNS once').to.have.lengthOf(1);
  expect(before, 'an answer to each of its requests').to.not.include('none');
  await replace(lab, victim, pods.length);
  const virtual = await clusterIpOf(lab, 'my-service');
  return { remembered, cached: await pages(lab, direct, 1), virtual: await pages(lab, virtual, 9) };
}

/** The addresses of the headless name: one for each pod. */
export function resolved(lab: Lab, headless: string): Promise<string[]> {
  return until(
    lab,
    async (): Promise<Look<string[]>> => {
      const { addresses, text } = await lookUp(lab, fullName(lab, headless));
      return addresses.length > 0 ? { found: addresses } : { yet: text };
    },
    { expected: `${headless} to resolve to the addresses of its pods`, timeoutMs: 5000 },
  );
}

/** The pages that a client gets at this address and port; `none` where nobody answers. */
async function pages(lab: Lab, host: string, times: number): Promise<string[]> {
  const script = `i=0; while [ $i -lt $2 ]; do timeout 2 wget -q -O - "$1" || echo none; echo; i=$((i+1)); done`;
  const argv = ['sh', '-c', script, 'sh', `http://${host}/`, `${times}`];
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
    (await pages(lab, virtual, 4)).map((by) => ({ by: by === 'none' ? undefined : by, text: by, at: 0 }));
  await soon(lab, ask);
}

import { resources } from '../../lib/kube/resources.ts';
import { CheckFailure } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { remove, type Service } from '../steps/objects.ts';
import { fullName } from './records.ts';

/** The claim's second, for the best of a few attempts, without the way of a command into the pod: the rest is what a busy machine adds. */
const withinMs = 1000;
const attempts = 4;

export const newNames: Check = {
  claims: ['P-08'],
  title: 'a new Service has its name within a second, and a deleted one loses it within a second',
  look: 'nslookup in debug just after kubectl create and kubectl delete; the log of the DNS in kube-system',
  async run(lab) {
    const way = await wayIntoPod(lab);
    const best: Times = { found: Number.POSITIVE_INFINITY, missing: Number.POSITIVE_INFINITY };
    for (let i = 0; i < attempts && Math.max(best.found, best.missing) > withinMs; i++) {
      const { found, missing } = await timesOf(lab, `fresh-${i}`);
      best.found = Math.min(best.found, Math.max(0, found - way));
      best.missing = Math.min(best.missing, Math.max(0, missing - way));
      if (!Number.isFinite(found + missing)) break;
    }
    if (Math.max(best.found, best.missing) > withinMs) throw tooLate(best);
    const [found, missing, more] = [best.found, best.missing, way].map(Math.round);
    lab.seen(
      `found after ${found} ms, unknown again after ${missing} ms (and ${more} ms for the way into the pod)`,
    );
  },
};

export interface Times {
  found: number;
  missing: number;
}

/**
 * How long a new Service's name takes to be found, and after its end to be unknown again, in milliseconds; Infinity when it
 * took over 4 s.
 */
export async function timesOf(lab: Lab, name: string): Promise<Times> {
  await create(lab, name);
  const found = await timeUntil(lab, name, 'found');
  await remove(lab, resources.services, name);
  return { found, missing: await timeUntil(lab, name, 'missing') };
}

/** Milliseconds for a look at a name that has been there all the time; 0 when even that is not found. */
async function wayIntoPod(lab: Lab): Promise<number> {
  const ms = await timeUntil(lab, 'my-service', 'found');
  return Number.isFinite(ms) ? ms : 0;
}

function create(lab: Lab, name: string): Promise<Service> {
  const service: Service = {
    metadata: { name, namespace: lab.namespace },
    spec: { selector: { app: 'MyApp' }, ports: [{ port: 80 }] },
  };
  return lab.client.create(resources.services, service, { signal: lab.signal });
}

/** Milliseconds until the pod debug sees it, the way of its shell included; infinite when it does not within some seconds. */
async function timeUntil(lab: Lab, name: string, state: 'found' | 'missing'): Promise<number> {
  const from = performance.now();
  const argv = ['timeout', '4', 'sh', '-c', lookUntil, 'sh', fullName(lab, name), state];
  const { exitCode } = await lab.inPod('debug', argv);
  return exitCode === 0 ? performance.now() - from : Number.POSITIVE_INFINITY;
}

/** A DNS that is away is neither: only NXDOMAIN says that there is no such name. */
const lookUntil = `while :; do
  case "$2 $(nslookup -type=a "$1" 2>&1)" in
    found*Name:*) exit 0 ;;
    missing*NXDOMAIN*) exit 0 ;;
  esac
done`;

function tooLate({ found, missing }: Times): CheckFailure {
  const said = (ms: number) => (Number.isFinite(ms) ? `after ${Math.round(ms)} ms` : 'not within 4 s');
  return new CheckFailure({
    expected: `the name of a new Service found within ${withinMs} ms, and unknown within ${withinMs} ms of its deletion`,
    observed: `found ${said(found)}, unknown ${said(missing)}`,
  });
}

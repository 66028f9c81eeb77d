import { resources } from '../../lib/kube/resources.ts';
import { CheckFailure } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { remove, type Service } from '../steps/objects.ts';
import { fullName } from './records.ts';

/** The claim's second, for the best of a few attempts: the rest is what a busy machine adds. */
const withinMs = 1000;
const attempts = 4;

export const newNames: Check = {
  claims: ['P-08'],
  title: 'a new Service has its name within a second, and a deleted one loses it within a second',
  look: 'nslookup in debug just after kubectl create and kubectl delete; the log of the DNS in kube-system',
  async run(lab) {
    const best: Times = { found: Number.POSITIVE_INFINITY, missing: Number.POSITIVE_INFINITY };
    for (let i = 0; i < attempts && Math.max(best.found, best.missing) > withinMs; i++) {
      const { found, missing } = await timesOf(lab, `fresh-${i}`);
      best.found = Math.min(best.found, found);
      best.missing = Math.min(best.missing, missing);
      if (!Number.isFinite(found + missing)) break;
    }
    if (Math.max(best.found, best.missing) > withinMs) throw tooLate(best);
    lab.seen(`found ${said(best.found)}, unknown again ${said(best.missing)}`);
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

function create(lab: Lab, name: string): Promise<Service> {
  const service: Service = {
    metadata: { name, namespace: lab.namespace },
    spec: { selector: { app: 'MyApp' }, ports: [{ port: 80 }] },
  };
  return lab.client.create(resources.services, service, { signal: lab.signal });
}

/**
 * Milliseconds from the first look of the pod debug to the beginning of the one that sees it; infinite when none does within some
 * seconds. How long a command takes to get into the pod, and a look to be answered, says nothing of the DNS.
 */
async function timeUntil(lab: Lab, name: string, state: 'found' | 'missing'): Promise<number> {
  const argv = ['timeout', '4', 'sh', '-c', lookUntil, 'sh', fullName(lab, name), state];
  const { stdout, exitCode } = await lab.inPod('debug', argv);
  return exitCode === 0 ? 10 * Number(stdout) : Number.POSITIVE_INFINITY;
}

/**
 * Prints hundredths of a second, which is what /proc/uptime counts in (proc_uptime(5)). A DNS that is away is neither: only
 * NXDOMAIN says that there is no such name.
 */
const lookUntil = `read -r up _ </proc/uptime; first=\${up%.*}\${up#*.}
while :; do
  read -r up _ </proc/uptime; now=\${up%.*}\${up#*.}
  case "$2 $(nslookup -type=a "$1" 2>&1)" in
    found*Name:* | missing*NXDOMAIN*) echo $((now - first)); exit 0 ;;
  esac
done`;

function tooLate({ found, missing }: Times): CheckFailure {
  return new CheckFailure({
    expected: `the name of a new Service found within ${withinMs} ms, and unknown within ${withinMs} ms of its deletion`,
    observed: `found ${said(found)}, unknown ${said(missing)}`,
  });
}

function said(ms: number): string {
  if (ms === 0) return 'by the first look';
  return Number.isFinite(ms) ? `after ${ms} ms` : 'not within 4 s';
}

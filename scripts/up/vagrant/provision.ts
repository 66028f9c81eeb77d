import { machineEnvironment } from '../../../lib/cluster/vagrant/machine-environment.ts';
import { messageOf } from '../../../lib/errors.ts';
import { fingerprint } from './scripts.ts';
import { machinesOf, onMachine, type Phase, runScript, type Work } from './work.ts';

const script = 'node.sh';
/** A file on a machine that was provisioned; it says by what. */
export const provisionedMark = '/var/lib/workshop/provisioned';

/** Vagrant configures the network card anew when it boots a machine again, which may cost the routes that the boot has made. */
const routes = 'systemctl restart workshop-routes';

/** By what a machine was provisioned; nothing when it lacks an image that it had then (see node.sh). */
const look = `export LC_ALL=C
${routes}
if have=$(ctr -n k8s.io images ls -q) && echo "$have" | sort | comm -13 - /var/lib/workshop/images | grep -q .; then exit; fi
cat ${provisionedMark}; mountpoint -q /opt/bundle || ls /opt/bundle/bin/kubelet >/dev/null`;

/** Makes every machine ready for kubeadm, all at once. */
export const provision: Phase = {
  name: 'provision',
  does: () => `scripts/provision/${script} on each: bundle, container runtime, images, pod network, kubelet`,
  run: async (work) => void (await onEach(machinesOf(work), (machine) => provisionOne(work, machine))),
};

/** Does it on all at once; when some fail, the others are still brought to an end. Throws the first failure, naming the others. */
export async function onEach(
  machines: readonly string[],
  task: (machine: string) => Promise<void>,
): Promise<void> {
  const outcomes = await Promise.allSettled(machines.map(task));
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  const [first, ...others] = failures;
  if (first === undefined) return;
  if (first instanceof Error && others.length > 0) first.message += `; ${others.map(messageOf).join('; ')}`;
  throw first;
}

async function provisionOne(work: Work, machine: string): Promise<void> {
  const wanted = fingerprint(script, machineEnvironment(work.settings, machine));
  const seen = await onMachine(work, machine, ['sh', '-c', look]).catch(() => '');
  if (seen.trim() === wanted) return;
  await runScript(work, machine, script);
  await onMachine(work, machine, [
    'sh',
    '-c',
    `mkdir -p /var/lib/workshop && echo ${wanted} >${provisionedMark}`,
  ]);
}

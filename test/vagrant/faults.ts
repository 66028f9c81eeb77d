import { messageOf } from '../../lib/errors.ts';
import { waitFor } from '../../lib/wait.ts';
import type { Finding } from '../../scripts/doctor/check.ts';
import { kubectl } from './on-machine.ts';
import { startTraffic } from './traffic.ts';
import type { Workshop } from './workshop.ts';

/** What happens to machines in a class; each ends in service again. Resolves with what did not. */
export async function faults(workshop: Workshop): Promise<string[]> {
  const failures: string[] = [];
  for (const [what, happen] of Object.entries(happenings)) {
    process.stderr.write(`--- ${what}\n`);
    try {
      await happen(workshop);
      await workshop(['resume']);
      await workshop(['verify', 'L-05', 'S-05']);
    } catch (error) {
      failures.push(`${what}: ${messageOf(error)}`);
    }
  }
  return failures;
}

/** Emulated machines take minutes for what takes seconds elsewhere. */
const patience = { timeoutMs: 600_000, intervalMs: 2000 };

const happenings: Readonly<Record<string, (workshop: Workshop) => Promise<unknown>>> = {
  async 'a worker is switched off under traffic'(workshop) {
    const traffic = await startTraffic(workshop, 'worker-node01');
    await workshop(['halt', 'worker-node02']);
    // Kubernetes takes some 50 s to believe it; until then an endpoint there may be asked.
    await traffic.onlyFrom('worker-node01', patience);
    const failed = await traffic.during(() => traffic.more(40, patience));
    await traffic.end();
    if (failed > 0) throw new Error(`${failed} requests failed after its endpoints had gone`);
  },
  async 'the master is started anew under traffic between the workers'(workshop) {
    const traffic = await startTraffic(workshop, 'worker-node01');
    const failed = await traffic.during(async () => {
      const before = await bootOf(workshop, 'master-node');
      await workshop(['ssh', 'master-node', '--', 'systemctl', 'reboot'], { mayFail: true });
      const isAnother = async () => ![before, ''].includes(await bootOf(workshop, 'master-node'));
      await waitFor(isAnother, { what: 'another boot of the master', ...patience });
      await workshop(['resume']);
    });
    await traffic.end();
    if (failed > 0) throw new Error(`${failed} requests failed while it was away`);
  },
  'the proxy of a worker is killed': (workshop) =>
    onWorker(workshop, 'systemctl', 'kill', '--signal=KILL', 'workshop-proxy'),
  async 'the disk of a worker is full'(workshop) {
    await onWorker(workshop, 'sh', '-c', fillDisk);
    try {
      await found(workshop, 'disk-worker-node01');
      // From then on its kubelet evicts pods, one after the other, and new ones go elsewhere: a check that had begun before would lose some.
      await waitFor(() => hasDiskPressure(workshop, 'worker-node01'), {
        what: 'its kubelet to see it',
        ...patience,
      });
      await workshop(['verify', 'L-05', 'S-05']);
    } finally {
      await onWorker(workshop, 'rm', '-f', '/var/full');
    }
  },
  async 'the clock of a worker is wrong'(workshop) {
    await onWorker(workshop, 'sh', '-c', 'date -s @$(($(date +%s) + 7200))');
    const advice = await found(workshop, 'clock-worker-node01');
    if (!advice.includes('date -s')) throw new Error(`doctor says: ${advice}`);
    await onWorker(workshop, 'date', '-s', `@${Math.round(Date.now() / 1000)}`);
  },
};

/** Leaves a few megabytes, as a careless `docker save` does. */
const fillDisk = 'fallocate -l $(($(df --output=avail -k /var | tail -1) - 20000))K /var/full';

async function hasDiskPressure(workshop: Workshop, node: string): Promise<boolean> {
  const status = 'jsonpath={.status.conditions[?(@.type=="DiskPressure")].status}';
  return (await kubectl(workshop, 'get', 'node', node, '-o', status)).trim() === 'True';
}

function onWorker(workshop: Workshop, ...argv: string[]): Promise<unknown> {
  return workshop(['ssh', 'worker-node01', '--', ...argv]);
}

/** Tells one boot of a machine from the next (random(4)); empty when the machine does not answer. */
async function bootOf(workshop: Workshop, machine: string): Promise<string> {
  const look = ['ssh', machine, '--', 'cat', '/proc/sys/kernel/random/boot_id'];
  return (await workshop(look, { mayFail: true, quiet: true })).stdout.trim();
}

/** Resolves with what doctor says to type about a fault. Throws when it does not find that. */
async function found(workshop: Workshop, id: string): Promise<string> {
  const { stdout } = await workshop(['doctor', '--json'], { mayFail: true });
  const finding = (JSON.parse(stdout) as Finding[]).find((each) => each.id === id && !each.ok);
  if (finding?.advice === undefined) throw new Error(`doctor did not find ${id}`);
  return finding.advice;
}

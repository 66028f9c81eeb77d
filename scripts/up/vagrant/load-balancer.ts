import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkshopError } from '../../../lib/errors.ts';
import { createClient } from '../../../lib/kube/client.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { repositoryRoot } from '../../../lib/root.ts';
import { waitFor } from '../../../lib/wait.ts';
import { applyObjects } from '../../../sandbox/inside/addons.ts';
import { loadBalancerRoles } from '../../../sandbox/inside/rbac.ts';
import { formatKubeconfig } from '../../../sandbox/pki/kubeconfig.ts';
import { clientCertificate } from '../../proxy/install/certificate.ts';
import { onEach } from './provision.ts';
import { machinesOf, onMachine, type Phase, runScript, type Work } from './work.ts';

const user = 'workshop:loadbalancer';
const program = '/usr/local/lib/workshop-loadbalancer/loadbalancer.js';
const kubeconfig = '/etc/workshop-loadbalancer/kubeconfig';

/** Addresses for Services of type LoadBalancer, where the settings have any: its own account, and a unit on every machine. */
export const loadBalancer: Phase = {
  name: 'load-balancer',
  does: ({ settings }) => `the load balancer on each, addresses ${settings.network.loadBalancers ?? 'none'}`,
  async run(work) {
    const pool = work.settings.network.loadBalancers;
    if (pool === undefined) return;
    const text = readProgram();
    const [master, ...workers] = machinesOf(work);
    const credentials = await account(work, master);
    // Each renewal is work for an emulated API server; and there Kubernetes takes a minute to notice that a node is gone.
    const lease = work.record.emulated ? '30s' : '8s';
    const version = createHash('sha256').update(text).update(credentials).digest('hex').slice(0, 16);
    await onEach([master, ...workers], async (machine) => {
      await copy(work, machine, [
        { file: program, text, mode: '755' },
        { file: kubeconfig, text: credentials, mode: '600' },
      ]);
      await runScript(work, machine, 'load-balancer.sh', { POOL: pool, VERSION: version, LEASE: lease });
    });
  },
};

function readProgram(): string {
  const file = join(repositoryRoot(), 'build', 'loadbalancer.js');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  throw new WorkshopError('environment', `could not read the load balancer to install, ${file}`, {
    advice: 'npm run build',
  });
}

/** Its rights, and a kubeconfig: that which the first machine has already, or one with a new certificate. */
async function account(work: Work, master: string): Promise<string> {
  const administrator = loadKubeconfig(work.paths.kubeconfig);
  const { server, ca = '' } = administrator;
  const client = createClient(administrator);
  try {
    const [known] = await Promise.all([
      onMachine(work, master, ['cat', kubeconfig]).catch(() => ''),
      // A busy API server may be silent for longer than a call waits.
      waitFor(() => applyObjects(client, loadBalancerRoles()).then(() => true), {
        what: "the API server to take the load balancer's rights",
        timeoutMs: 300_000,
        intervalMs: 1000,
        signal: work.signal,
      }),
    ]);
    if (known.includes('client-certificate-data')) return known;
    const subject = { user, program: 'workshop-loadbalancer', node: master };
    const pair = await clientCertificate({ client }, subject, work.signal);
    return formatKubeconfig({ ...pair, cluster: 'kubernetes', user, server, ca });
  } finally {
    client.close();
  }
}

/** Brings files to a machine that are not there as they should be. Two commands for all of them: an emulated machine takes seconds for each. */
async function copy(work: Work, machine: string, files: readonly MachineFile[]): Promise<void> {
  const names = files.map(({ file }) => file);
  const sums = await onMachine(work, machine, ['sh', '-c', 'sha256sum -- "$@" || true', 'sh', ...names]);
  const missing = files.filter(({ text }) => !sums.includes(createHash('sha256').update(text).digest('hex')));
  if (missing.length === 0) return;
  const words = missing.flatMap(({ file, text, mode }) => [file, mode, `${Buffer.byteLength(text)}`]);
  await onMachine(work, machine, ['sh', '-c', write, 'sh', ...words], {
    input: missing.map(({ text }) => text).join(''),
    timeoutMs: 300_000,
  });
}

interface MachineFile {
  readonly file: string;
  readonly text: string;
  readonly mode: string;
}

/** Takes name, mode and size of each; none is put in place that did not come whole. */
const write = `set -e; umask 077
while [ $# -gt 0 ]; do
  mkdir -p "\${1%/*}"; head -c "$3" >"$1.new"; [ "$(stat -c %s "$1.new")" = "$3" ]
  chmod "$2" "$1.new"; mv "$1.new" "$1"; shift 3
done`;

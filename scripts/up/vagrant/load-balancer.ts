import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkshopError } from '../../../lib/errors.ts';
import { repositoryRoot } from '../../../lib/root.ts';
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
    const rights = readFileSync(join(repositoryRoot(), 'loadbalancer', 'rbac.yaml'), 'utf8');
    const admin = ['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf'];
    await onMachine(work, master, [...admin, 'apply', '-f', '-'], { input: rights, timeoutMs: 300_000 });
    const credentials = await credentialsFrom(work, master);
    const version = createHash('sha256').update(text).update(credentials).digest('hex').slice(0, 16);
    await onEach([master, ...workers], async (machine) => {
      await copy(work, machine, { file: program, text, mode: '755' });
      await copy(work, machine, { file: kubeconfig, text: credentials, mode: '600' });
      await runScript(work, machine, 'load-balancer.sh', { POOL: pool, VERSION: version });
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

/** What the first machine has already, or a client certificate that kubeadm makes there. */
async function credentialsFrom(work: Work, master: string): Promise<string> {
  const known = await onMachine(work, master, ['cat', kubeconfig]).catch(() => '');
  if (known.includes('client-certificate-data')) return known;
  const config = '--config=/etc/kubernetes/kubeadm.yaml';
  return onMachine(work, master, ['kubeadm', 'kubeconfig', 'user', config, `--client-name=${user}`]);
}

async function copy(
  work: Work,
  machine: string,
  { file, text, mode }: { file: string; text: string; mode: string },
): Promise<void> {
  const sum = createHash('sha256').update(text).digest('hex');
  const look = await onMachine(work, machine, ['sh', '-c', 'sha256sum <"$1" || true', 'sh', file]).catch(
    () => '',
  );
  if (look.startsWith(sum)) return;
  const write = 'umask 077; mkdir -p "${1%/*}" && cat >"$1.new" && chmod "$2" "$1.new" && mv "$1.new" "$1"';
  await onMachine(work, machine, ['sh', '-c', write, 'sh', file, mode], { input: text, timeoutMs: 300_000 });
}

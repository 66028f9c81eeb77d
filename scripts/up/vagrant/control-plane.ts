import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../../../lib/atomic-file.ts';
import { type Client, createClient } from '../../../lib/kube/client.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { waitFor } from '../../../lib/wait.ts';
import { onEach } from './provision.ts';
import { machinesOf, onMachine, type Phase, runScript, type Work } from './work.ts';

/** kubeadm init without kube-proxy on the first machine, and the administrator's kubeconfig. */
export const controlPlane: Phase = {
  name: 'control-plane',
  does: ({ settings }) =>
    `kubeadm init on ${machinesOf({ settings })[0]}, without kube-proxy; kubeconfig for this user alone`,
  async run(work) {
    const [master] = machinesOf(work);
    if (!(await answers(work))) await runScript(work, master, 'control-plane.sh', { TOKEN: token(work) });
    const text = await onMachine(work, master, ['cat', '/etc/kubernetes/admin.conf']);
    writeFileAtomically(work.paths.kubeconfig, text);
    await waitFor(() => answers(work), {
      what: 'the API server to answer this machine',
      timeoutMs: 120_000,
      intervalMs: 500,
      signal: work.signal,
    });
  },
};

/** kubeadm join on the others, all at once. */
export const joinWorkers: Phase = {
  name: 'join',
  does: ({ settings }) => `kubeadm join on ${machinesOf({ settings }).slice(1).join(', ')}`,
  async run(work) {
    const [master, ...workers] = machinesOf(work);
    const ca = await onMachine(work, master, ['cat', '/etc/kubernetes/pki/ca.crt']);
    const variables = { TOKEN: token(work), CA_HASH: publicKeyHash(ca) };
    const joined = await Promise.all(workers.map((machine) => hasJoined(work, machine, variables.CA_HASH)));
    const missing = workers.filter((_, index) => !joined[index]);
    if (missing.length > 0 && !(await tokenIsKnown(work))) {
      await runScript(work, master, 'control-plane.sh', { TOKEN: token(work) });
    }
    await onEach(missing, (machine) => runScript(work, machine, 'join.sh', variables));
  },
};

/** The API server, asked with the kubeconfig that is there; every worker's Node object has been made too. */
async function answers(work: Work): Promise<boolean> {
  return ask(work, async (client) => {
    const { items } = await client.list(resources.nodes, { signal: AbortSignal.timeout(15_000) });
    return work.settings.nodes.every(({ name }) => items.some(({ metadata }) => metadata?.name === name));
  });
}

/** False too when there is no kubeconfig yet, or nobody answers. */
async function ask({ paths }: Work, question: (client: Client) => Promise<boolean>): Promise<boolean> {
  if (!existsSync(paths.kubeconfig)) return false;
  const client = createClient(loadKubeconfig(paths.kubeconfig));
  try {
    return await question(client);
  } catch {
    return false;
  } finally {
    client.close();
  }
}

async function hasJoined(work: Work, machine: string, hash: string): Promise<boolean> {
  const look = 'cat /etc/kubernetes/workshop-joined; systemctl is-active kubelet';
  const seen = await onMachine(work, machine, ['sh', '-c', look]).catch(() => '');
  return seen.trim() === `${hash}\nactive`;
}

/** It lasts a day: a machine that is made anew later needs another. */
async function tokenIsKnown(work: Work): Promise<boolean> {
  const [id = ''] = token(work).split('.');
  return ask(work, async (client) => {
    await client.get(resources.secrets, { namespace: 'kube-system', name: `bootstrap-token-${id}` });
    return true;
  });
}

/** As kubeadm names the authority that workers must meet: the hash of its public key (RFC 7469). */
export function publicKeyHash(certificate: string): string {
  const der = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}

/** The bootstrap token, made once for a cluster. */
function token({ paths }: Work): string {
  const file = join(paths.pki, 'bootstrap-token');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(paths.pki, { recursive: true, mode: 0o700 });
  const made = `${randomBytes(3).toString('hex')}.${randomBytes(8).toString('hex')}`;
  writeFileAtomically(file, `${made}\n`);
  return made;
}

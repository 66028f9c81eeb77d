import type { Command } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { requireOwnCluster } from '../cli/own-cluster.ts';
import { startCluster } from './start.ts';
import { machineFlags } from './vagrant/flags.ts';

/** `workshop up` */
export const up: Command = {
  usage: [
    '[--publish PORT]…',
    '--control-plane kubernetes [--bundle DIR]',
    '--backend vagrant [--from PHASE] [--dry-run]',
  ],
  description:
    'Starts three nodes in namespaces of their own on this machine, the control plane, cluster DNS and a proxy on every\nnode. Nothing outside the state folder changes. When the cluster runs already, it is used as it is.',
  examples: [
    { command: 'workshop up', does: 'start the cluster' },
    { command: 'workshop up --publish 30001', does: 'and open its NodePort 30001 on 127.0.0.1' },
    {
      command: 'workshop up --control-plane kubernetes',
      does: 'the same nodes below the API server of Kubernetes itself',
    },
    {
      command: 'workshop up --backend vagrant',
      does: 'three virtual machines with real Kubernetes; a second call goes on',
    },
    { command: 'workshop up --name second', does: 'a second cluster beside the first' },
  ],
  flags: {
    publish: {
      type: 'string',
      multiple: true,
      value: 'PORT',
      summary: 'offer this NodePort on 127.0.0.1 too; may be repeated',
    },
    'control-plane': {
      type: 'string',
      value: 'WHICH',
      summary: 'embedded (default) or kubernetes: what serves the API',
    },
    bundle: {
      type: 'string',
      value: 'DIR',
      summary: 'the bundle that has Kubernetes (see: workshop bundle)',
    },
    ...machineFlags,
  },
  async run(context) {
    requireOwnCluster(context, 'start', 'workshop start --kubeconfig FILE');
    if (context.backend === 'vagrant') return (await import('./vagrant/command.ts')).upVagrant(context);
    const { out, json, quiet, flags } = context;
    const publish = ((flags['publish'] as string[] | undefined) ?? []).map(portOf);
    const { record, paths } = await startCluster(context, publish);
    if (json) out.json({ name: record.name, kubeconfig: paths.kubeconfig, server: serverOf(record.apiPort) });
    else if (!quiet) {
      out.line(`The cluster ${record.name} is up at ${serverOf(record.apiPort)}.`);
      out.line(`  export KUBECONFIG=${paths.kubeconfig}`);
      out.line('  kubectl get nodes');
    }
    return 0;
  },
};

function serverOf(port: number): string {
  return `https://127.0.0.1:${port}`;
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1024 && port <= 65_535) return port;
  throw usageError(`--publish "${text}" is not a port between 1024 and 65535`, 'workshop up --help');
}

import { readVagrantRecord } from '../../../lib/cluster/vagrant/record.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import type { Context } from '../../cli/command.ts';
import { upMachines } from './up-machines.ts';

/** `workshop up --backend vagrant` */
export async function upVagrant(context: Context): Promise<number> {
  const { out, json, quiet, flags, name } = context;
  const paths = await upMachines(context);
  if (flags['dry-run'] === true) return 0;
  const { server } = loadKubeconfig(paths.kubeconfig);
  const phases = readVagrantRecord(paths.record)?.phases ?? [];
  if (json) out.json({ name, kubeconfig: paths.kubeconfig, server, phases });
  else if (!quiet) {
    out.line(`The cluster ${name} is up at ${server}.`);
    out.line(`  export KUBECONFIG=${paths.kubeconfig}`);
    out.line('  workshop verify --backend vagrant --all');
  }
  return 0;
}

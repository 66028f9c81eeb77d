import type { Workshop } from './workshop.ts';

/** What a command printed as root on a machine, by `workshop ssh`. Throws when it failed there. */
export async function onMachine(workshop: Workshop, machine: string, ...argv: string[]): Promise<string> {
  return (await workshop(['ssh', machine, '--', ...argv], { quiet: true })).stdout;
}

/** What kubectl printed, with the administrator's rights on the master. Throws when it failed there. */
export function kubectl(workshop: Workshop, ...argv: string[]): Promise<string> {
  return onMachine(workshop, 'master-node', 'kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', ...argv);
}

import type { CommandEntry } from './command.ts';

/** Every command, in the order of the help text. Each is loaded only when it is needed. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'up',
    summary: 'start the cluster, or go on with the one that runs',
    load: async () => (await import('../up/command.ts')).up,
  },
  {
    name: 'down',
    summary: 'stop the cluster and remove every trace of it',
    load: async () => (await import('../down/command.ts')).down,
  },
  {
    name: 'status',
    summary: 'show nodes, components and where the kubeconfig is',
    load: async () => (await import('../status/command.ts')).status,
  },
  {
    name: 'kubeconfig',
    summary: 'print, locate or merge the kubeconfig',
    load: async () => (await import('../kubeconfig/command.ts')).kubeconfig,
  },
  {
    name: 'ssh',
    summary: 'open a shell on a node, or run one command there',
    load: async () => (await import('../ssh/command.ts')).ssh,
  },
  {
    name: 'logs',
    summary: "show or export the cluster's own logs",
    load: async () => (await import('../logs/command.ts')).logs,
  },
  {
    name: 'doctor',
    summary: 'check whether this machine has what it takes',
    load: async () => (await import('../doctor/command.ts')).doctor,
  },
  {
    name: 'version',
    summary: 'print the version',
    load: async () => (await import('../version/command.ts')).version,
  },
];

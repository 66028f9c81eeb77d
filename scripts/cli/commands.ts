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
    name: 'halt',
    summary: 'switch the virtual machines off; they keep everything',
    load: async () => (await import('../halt/command.ts')).halt,
  },
  {
    name: 'resume',
    summary: 'switch them on again and wait until all is well',
    load: async () => (await import('../resume/command.ts')).resume,
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
    name: 'apply',
    summary: "apply the documents' manifests, or files of yours",
    load: async () => (await import('../apply/command.ts')).applyCommand,
  },
  {
    name: 'verify',
    summary: 'check your step, or prove the claims of the documents',
    load: async () => (await import('../verify/command.ts')).verify,
  },
  {
    name: 'start',
    summary: 'begin the course, or go on where you were',
    load: async () => (await import('../learn/start.ts')).start,
  },
  {
    name: 'play',
    summary: 'the course on one page: text, shell, live picture',
    load: async () => (await import('../play/command.ts')).play,
  },
  {
    name: 'play-pane',
    summary: 'a pane of that page',
    hidden: true,
    load: async () => (await import('../play/pane.ts')).playPane,
  },
  {
    name: 'show',
    summary: 'show the step you are at',
    load: async () => (await import('../learn/show.ts')).show,
  },
  {
    name: 'next',
    summary: 'go on to the next step',
    load: async () => (await import('../learn/next.ts')).next,
  },
  {
    name: 'hint',
    summary: 'get a hint that fits what you did',
    load: async () => (await import('../learn/hint.ts')).hint,
  },
  {
    name: 'solution',
    summary: 'read how the step can be done',
    load: async () => (await import('../learn/solution.ts')).solution,
  },
  {
    name: 'solve',
    summary: 'let the workshop do the step',
    load: async () => (await import('../learn/solve.ts')).solve,
  },
  {
    name: 'reset',
    summary: 'take back what you made in a step',
    load: async () => (await import('../learn/reset.ts')).reset,
  },
  {
    name: 'goto',
    summary: 'go to any step',
    load: async () => (await import('../learn/goto.ts')).gotoStep,
  },
  {
    name: 'progress',
    summary: 'show which steps are done',
    load: async () => (await import('../learn/progress.ts')).progressCommand,
  },
  {
    name: 'list',
    summary: 'show the labs and what each check proves',
    load: async () => (await import('../list/command.ts')).list,
  },
  {
    name: 'claims',
    summary: 'show every claim and the last result for it',
    load: async () => (await import('../claims/command.ts')).ledger,
  },
  {
    name: 'report',
    summary: 'your result, or that of a class',
    load: async () => (await import('../report/command.ts')).reportCommand,
  },
  {
    name: 'lab',
    summary: 'try, check, begin and export labs',
    load: async () => (await import('../lab/command.ts')).labCommand,
  },
  {
    name: 'proxy',
    summary: "show the proxies' state and the rules they made",
    load: async () => (await import('../proxy/command.ts')).proxy,
  },
  {
    name: 'run',
    summary: 'up, apply and verify in one go: what npm start does',
    load: async () => (await import('../run/command.ts')).runAll,
  },
  {
    name: 'bundle',
    summary: 'make or verify the offline bundle for real Kubernetes',
    load: async () => (await import('../bundle/command.ts')).bundle,
  },
  {
    name: 'box',
    summary: 'build a Debian box for the virtual machines',
    load: async () => (await import('../box/command.ts')).box,
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

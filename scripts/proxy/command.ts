import type { Cluster } from '../../lib/cluster/cluster.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { Command, Context } from '../cli/command.ts';
import { openFor } from '../cli/open.ts';
import { proxyExplain } from './explain.ts';
import { installCommand, installFlags } from './install/command.ts';
import { changeMode } from './mode.ts';
import { proxyRules } from './rules.ts';
import { proxyStatus } from './status.ts';
import { proxyTrace } from './trace.ts';

/** Each resolves with the exit code. */
const actions: Readonly<Record<string, (context: Context, at: ProxyContext) => Promise<number>>> = {
  status: proxyStatus,
  mode: proxyStatus,
  rules: proxyRules,
};

/** Those whose words are not just a node and a Service. */
const questions: Readonly<
  Record<
    string,
    (context: Context, cluster: ProxyContext['cluster'], words: readonly string[]) => Promise<void>
  >
> = { explain: proxyExplain, trace: proxyTrace };

export interface ProxyContext {
  cluster: Cluster;
  action: string;
  /** Nodes to ask; all when none is named. */
  nodes: readonly string[];
  /** A Service, `NAME` or `NAMESPACE/NAME`. */
  service: string | undefined;
}

/** `workshop proxy` */
export const proxy: Command = {
  usage: [
    'status [NODE]',
    'mode [NODE]',
    'mode MODE [--scheduler NAME] [--node NODE]',
    'rules [NODE] [SERVICE]',
    'explain NODE CLIENT SERVICE[:PORT]',
    'trace NODE CLIENT SERVICE[:PORT]',
    'install --kubeconfig FILE [NODE[=ADDRESS]…] [--mode MODE] [--dry-run]',
    'uninstall --kubeconfig FILE [NODE[=ADDRESS]…] [--dry-run]',
  ],
  description:
    "status: each node's proxy: mode, health, last sync, what it serves. mode: nftables, iptables, ipvs or userspace. rules: the node's own table, as the kernel has it;\n" +
    'with a Service (NAME or NAMESPACE/NAME) only the lines with its addresses and ports.\n' +
    'explain: what a connection from a client (a pod, a node or an address) would meet on that node, and why; PORT is a port of the\n' +
    "Service or its node port, SERVICE may be an address too. trace: the first packet of such a connection through the node's rules.\n" +
    "install: this proxy in kube-proxy's place on the Linux nodes of any cluster, over ssh: checks first, then one file, a client\n" +
    'certificate and a systemd unit; again to bring it up to date, traffic flows on. uninstall leaves nothing of it.',
  examples: [
    { command: 'workshop proxy status', does: 'the proxies of all nodes' },
    { command: 'workshop proxy mode iptables', does: 'change all nodes to another mode, traffic flows on' },
    { command: 'workshop proxy rules worker-node01', does: 'the rules on one node' },
    { command: 'workshop proxy rules worker-node01 default/my-nginx-svc', does: 'what makes one Service' },
    {
      command: 'workshop proxy explain worker-node01 192.168.56.1 hostname-service-nodeport',
      does: 'which pods somebody outside would reach',
    },
    {
      command: 'workshop proxy trace worker-node01 worker-node01 default/kubernetes',
      does: 'one packet, rule by rule',
    },
    {
      command: 'workshop proxy install --kubeconfig admin.conf --ssh-user debian',
      does: 'our proxy on every node of that cluster',
    },
  ],
  flags: {
    scheduler: {
      type: 'string',
      value: 'NAME',
      summary: 'with mode: how an endpoint is picked: rr, random, or one of ipvs',
    },
    node: { type: 'string', value: 'NODE', summary: 'with mode: change this node alone' },
    ...installFlags,
  },
  async run(context) {
    const [action = 'status', ...words] = context.args;
    if (action === 'install' || action === 'uninstall') return await installCommand(context, action);
    const act = actions[action];
    const answer = questions[action];
    if (act === undefined && answer === undefined) {
      const hint = didYouMean(action, [
        ...Object.keys(actions),
        ...Object.keys(questions),
        'install',
        'uninstall',
      ]);
      throw new WorkshopError('usage', `could not do "${action}" with the proxy: no such action${hint}`, {
        advice: 'workshop proxy --help',
      });
    }
    const cluster = await openFor(context);
    try {
      const known = cluster.nodes.map(({ name }) => name);
      if (answer) {
        await answer(context, cluster, words);
        return 0;
      }
      const [first, second] = words;
      if (action === 'mode' && first !== undefined && !known.includes(first)) {
        return await changeMode(context, cluster, first);
      }
      const isNode = first !== undefined && known.includes(first);
      const service = isNode ? second : first;
      if (action !== 'rules' && service !== undefined) {
        throw new WorkshopError('usage', `could not find the node ${service}${didYouMean(service, known)}`, {
          advice: 'workshop status',
        });
      }
      return await act?.(context, { cluster, action, nodes: isNode ? [first] : known, service });
    } finally {
      cluster.close();
    }
  },
};

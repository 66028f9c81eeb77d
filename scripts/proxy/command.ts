import { openCluster } from '../../lib/cluster/open.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { Command, Context } from '../cli/command.ts';
import { changeMode } from './mode.ts';
import { proxyRules } from './rules.ts';
import { proxyStatus } from './status.ts';

const actions: Readonly<Record<string, (context: Context, at: ProxyContext) => Promise<void>>> = {
  status: proxyStatus,
  mode: proxyStatus,
  rules: proxyRules,
};

export interface ProxyContext {
  cluster: ReturnType<typeof openCluster>;
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
  ],
  description:
    "status: each node's proxy: mode, health, last sync, what it serves. mode: nftables, iptables, ipvs or userspace. rules: the node's own table, as the kernel has it;\n" +
    'with a Service (NAME or NAMESPACE/NAME) only the lines with its addresses and ports.',
  examples: [
    { command: 'workshop proxy status', does: 'the proxies of all nodes' },
    { command: 'workshop proxy mode iptables', does: 'change all nodes to another mode, traffic flows on' },
    { command: 'workshop proxy rules worker-node01', does: 'the rules on one node' },
    { command: 'workshop proxy rules worker-node01 default/my-nginx-svc', does: 'what makes one Service' },
  ],
  flags: {
    scheduler: {
      type: 'string',
      value: 'NAME',
      summary: 'with mode: how an endpoint is picked: rr, random, or one of ipvs',
    },
    node: { type: 'string', value: 'NODE', summary: 'with mode: change this node alone' },
  },
  async run(context) {
    const [action = 'status', ...words] = context.args;
    const act = actions[action];
    if (act === undefined) {
      const hint = didYouMean(action, Object.keys(actions));
      throw new WorkshopError('usage', `could not do "${action}" with the proxy: no such action${hint}`, {
        advice: 'workshop proxy --help',
      });
    }
    const cluster = openCluster(context.name, clusterPaths(context.name, stateFolder(context.env)));
    try {
      const known = cluster.nodes.map(({ name }) => name);
      const [first, second] = words;
      if (action === 'mode' && first !== undefined && !known.includes(first)) {
        await changeMode(context, cluster, first);
        return 0;
      }
      const isNode = first !== undefined && known.includes(first);
      const service = isNode ? second : first;
      if (action !== 'rules' && service !== undefined) {
        throw new WorkshopError('usage', `could not find the node ${service}${didYouMean(service, known)}`, {
          advice: 'workshop status',
        });
      }
      await act(context, { cluster, action, nodes: isNode ? [first] : known, service });
      return 0;
    } finally {
      cluster.close();
    }
  },
};

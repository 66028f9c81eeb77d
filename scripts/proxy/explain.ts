import { proxyQuestion } from '../../lib/cluster/proxy-question.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { explain } from '../../proxy/explain/explain.ts';
import { explanationText } from '../../proxy/explain/text.ts';
import { type Mode, modes } from '../../proxy/plan.ts';
import type { Context } from '../cli/command.ts';
import type { ProxyContext } from './command.ts';
import { lookUp } from './look-up.ts';

/** `workshop proxy explain NODE CLIENT SERVICE[:PORT]`: what a connection would meet on that node, and why. */
export async function proxyExplain(
  { out, json }: Context,
  cluster: ProxyContext['cluster'],
  words: readonly string[],
) {
  const [node, client, target, ...rest] = words;
  if (node === undefined || client === undefined || target === undefined || rest.length > 0) {
    throw new WorkshopError(
      'usage',
      'could not explain: three words are needed, NODE CLIENT SERVICE[:PORT]',
      {
        advice: 'workshop proxy explain worker-node01 worker-node01 default/kubernetes:443',
      },
    );
  }
  const question = await lookUp(cluster, node, client, target);
  const { mode, scheduler } = await modeOf(cluster, node);
  const nodeIps = question.node.addresses;
  const explanation = explain(question.unit, question.client, question.door, { mode, scheduler, nodeIps });
  if (json) out.json({ node, mode, client: question.client, ...explanation });
  else
    out.write(
      `on ${node}, mode ${mode}:\n${explanationText(explanation, `${client} (${question.client.kind})`)}`,
    );
}

/** The proxy says its mode on its own port; which scheduler it uses stands in its configuration. */
async function modeOf(
  cluster: ProxyContext['cluster'],
  node: string,
): Promise<{ mode: Mode; scheduler: string }> {
  const { argv, answers } = proxyQuestion(['proxyMode'], cluster.pace);
  const { stdout } = await cluster.runOnNode(node, argv);
  const [word = '', scheduler = ''] = (answers(stdout).proxyMode ?? '').split(/\s+/);
  const mode = modes.find((one) => one === word);
  if (!mode) {
    throw new WorkshopError('environment', `could not ask the proxy of ${node} for its mode`, {
      advice: 'workshop proxy status',
    });
  }
  return { mode, scheduler: scheduler || (mode === 'iptables' ? 'random' : 'rr') };
}

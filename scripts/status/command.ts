import { existsSync } from 'node:fs';
import { readKubeconfigRecord } from '../../lib/cluster/kubeconfig/record.ts';
import { supervisorOf } from '../../lib/cluster/lock.ts';
import { readVagrantRecord } from '../../lib/cluster/vagrant/record.ts';
import { WorkshopError } from '../../lib/errors.ts';
import type { Command } from '../cli/command.ts';
import { enlistNamed } from '../cli/open.ts';
import { table } from '../cli/output.ts';
import { pathsOf } from '../cli/paths.ts';
import { openStore } from '../learn/store.ts';
import { gatherStatus, type StatusReport } from './gather.ts';

/** `workshop status` */
export const status: Command = {
  usage: ['[--exit-status]'],
  examples: [
    { command: 'workshop status', does: 'nodes and components' },
    { command: 'workshop status --exit-status -q', does: 'exit code 0 when everything is ready, else 3' },
  ],
  flags: { 'exit-status': { type: 'boolean', summary: 'exit with 3 unless everything is ready' } },
  async run(context) {
    const { name, flags, out, json, quiet } = context;
    await enlistNamed(context);
    const paths = pathsOf(context);
    const machines = readVagrantRecord(paths.record);
    if (machines && !existsSync(paths.kubeconfig)) {
      const last = machines.phases.at(-1)?.name ?? 'nothing';
      throw new WorkshopError(
        'environment',
        `could not ask ${name}: its machines are not done (last: ${last})`,
        {
          advice: 'workshop up --backend vagrant',
        },
      );
    }
    const foreign = readKubeconfigRecord(paths.record) !== undefined;
    if (!machines && !foreign && !(await supervisorOf(paths.root))) {
      throw new WorkshopError('environment', `could not find a running cluster ${name}`, {
        advice: 'workshop up',
      });
    }
    const report = await gatherStatus(paths);
    if (json) out.json(report);
    else if (!quiet) {
      out.line(describe(report));
      const { current } = openStore(paths).progress();
      if (current !== undefined) out.line(`\nYou are at the step ${current}: workshop show`);
    }
    return flags['exit-status'] === true && !report.ready ? 3 : 0;
  },
};

function describe({ name, server, kubeconfig, ready, nodes, components }: StatusReport): string {
  const sections = [`${name}: ${ready ? 'ready' : 'not ready'}, ${server}, KUBECONFIG=${kubeconfig}`];
  if (nodes.length > 0) {
    sections.push(
      table(
        ['NODE', 'STATUS', 'ADDRESS', 'PODS'],
        nodes.map((node) => [node.name, node.ready ? 'Ready' : 'NotReady', node.address, node.podCIDR]),
      ),
    );
  }
  if (components.length > 0) {
    sections.push(
      table(
        ['COMPONENT', 'STATUS', 'RESTARTS', 'LAST EXIT'],
        components.map(({ name: component, state, ready: isReady, restarts, lastExit }) => [
          component,
          state === 'running' ? (isReady ? 'ready' : 'not ready') : state,
          String(restarts),
          lastExit ?? '',
        ]),
      ),
    );
  }
  return sections.join('\n\n');
}

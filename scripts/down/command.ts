import { rmSync } from 'node:fs';
import { supervisorOf } from '../../lib/cluster/lock.ts';
import { readRecord } from '../../lib/cluster/record.ts';
import { readVagrantRecord } from '../../lib/cluster/vagrant/record.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import { isAlive } from '../../lib/process-identity.ts';
import { waitFor } from '../../lib/wait.ts';
import type { Command } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { requireOwnCluster } from '../cli/own-cluster.ts';
import { pathsOf } from '../cli/paths.ts';
import { courseFiles } from '../learn/store.ts';
import { removeMachines } from './machines.ts';
import { removeFolder, removeIfEmpty } from './remove.ts';
import { stopSupervisor } from './stop.ts';

/** `workshop down` */
export const down: Command = {
  usage: ['[--keep-state]'],
  description: 'Your progress in the course is kept: workshop reset --progress forgets it.',
  examples: [
    { command: 'workshop down', does: 'end every process and remove all files of the cluster' },
    { command: 'workshop down --keep-state', does: 'keep its objects; `workshop up` goes on with them' },
  ],
  flags: { 'keep-state': { type: 'boolean', summary: "keep the cluster's files" } },
  async run(context) {
    const { name, flags, progress, out, json, quiet } = context;
    const paths = pathsOf(context);
    requireOwnCluster(context, 'end', `rm -r ${paths.root}, which forgets what is kept of it here`);
    const machines = readVagrantRecord(paths.record);
    if (machines) {
      if (flags['keep-state'] === true)
        throw usageError('machines keep their state by themselves', 'workshop halt');
      await removeMachines(context, paths, machines);
    }
    const supervisor = await supervisorOf(paths.root);
    if (supervisor) await progress.step('stop', () => stopSupervisor(supervisor));
    await rest(paths);
    const removed = flags['keep-state'] !== true && removeFolder(paths.root, courseFiles);
    if (removed) removeIfEmpty(paths.state);
    if (paths.sockets !== paths.root) rmSync(paths.sockets, { recursive: true, force: true });
    const stopped = supervisor !== undefined || machines !== undefined;
    if (json) out.json({ name, stopped, removed });
    else if (!quiet) out.line(sentence(name, stopped, removed));
    return 0;
  },
};

/** After a supervisor was killed, the kernel may still be busy with ending the sandbox. */
async function rest(paths: ClusterPaths): Promise<void> {
  const init = readRecord(paths.record)?.init;
  if (init && isAlive(init)) {
    await waitFor(() => !isAlive(init), { what: 'the sandbox to end', timeoutMs: 10_000, intervalMs: 20 });
  }
}

function sentence(name: string, stopped: boolean, removed: boolean): string {
  if (stopped) return `The cluster ${name} is down${removed ? ' and gone' : '; its state is kept'}.`;
  return removed
    ? `The cluster ${name} was not running; its files are gone.`
    : `There is no cluster ${name}.`;
}

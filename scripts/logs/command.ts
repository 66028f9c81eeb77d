import { cpSync, existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readVagrantRecord } from '../../lib/cluster/vagrant/record.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { Command } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { requireOwnCluster } from '../cli/own-cluster.ts';
import { exportJournals, journalsOf, printJournal } from './machines.ts';
import { printLog } from './print.ts';

/** `workshop logs` */
export const logs: Command = {
  usage: ['[COMPONENT] [-f] [--export DIR]'],
  examples: [
    { command: 'workshop logs', does: 'which logs there are' },
    { command: 'workshop logs proxy-worker-node01 -f', does: "follow one node's proxy" },
    { command: 'workshop logs --export /tmp/logs', does: 'copy all of them' },
  ],
  flags: {
    follow: { type: 'boolean', short: 'f', summary: 'go on with new lines until Ctrl-C' },
    export: { type: 'string', value: 'DIR', summary: 'copy all logs to this folder' },
  },
  async run(context) {
    requireOwnCluster(
      context,
      'show the logs of',
      'workshop ssh NODE --kubeconfig FILE -- journalctl -u kubelet',
    );
    const { name, env, args, flags, out, json, signal, progress } = context;
    const paths = clusterPaths(name, stateFolder(env));
    const folder = paths.logs;
    const machines = readVagrantRecord(paths.record);
    if (!existsSync(folder)) {
      throw new WorkshopError('environment', `could not find logs: there is no cluster ${name}`, {
        advice: 'workshop up',
      });
    }
    const files = readdirSync(folder)
      .filter((file) => file.endsWith('.log'))
      .map((file) => basename(file, '.log'));
    const names = [...files, ...(machines ? journalsOf(machines) : [])].sort();
    const target = flags['export'];
    if (typeof target === 'string') {
      cpSync(folder, target, { recursive: true });
      if (machines) await exportJournals(paths, machines, target);
      progress.note(`${names.length} logs are in ${target}`);
      return 0;
    }
    const [component] = args;
    if (component === undefined) {
      if (json) out.json(names);
      else for (const each of names) out.line(each);
      return 0;
    }
    // `workshop status` names the components with an @.
    const wanted = component.replace('@', '-');
    if (!names.includes(wanted)) {
      throw usageError(`there is no log of "${component}"${didYouMean(wanted, names)}`, 'workshop logs');
    }
    const follow = flags['follow'] === true;
    if (machines && !files.includes(wanted)) return printJournal(paths, machines, wanted, follow);
    await printLog(join(folder, `${wanted}.log`), out, follow ? signal : undefined);
    return 0;
  },
};

import { readVagrantRecord, type VagrantRecord } from '../../../lib/cluster/vagrant/record.ts';
import { WorkshopError } from '../../../lib/errors.ts';
import type { ClusterPaths } from '../../../lib/paths.ts';
import { didYouMean } from '../../../lib/suggest.ts';

/** The record of a cluster of virtual machines. Throws WorkshopError `environment` when there is none. */
export function requireMachines(name: string, paths: ClusterPaths): VagrantRecord {
  const record = readVagrantRecord(paths.record);
  if (record) return record;
  throw new WorkshopError('environment', `could not find virtual machines of the cluster ${name}`, {
    advice: 'workshop up --backend vagrant',
  });
}

/** The machines that the words name; all when there are none. Throws WorkshopError `usage` for an unknown one. */
export function machinesNamed({ settings }: VagrantRecord, words: readonly string[]): string[] {
  const known = settings.nodes.map(({ name }) => name);
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    const message = `could not find the node ${unknown}: there are ${known.join(', ')}${didYouMean(unknown, known)}`;
    throw new WorkshopError('usage', message);
  }
  return words.length > 0 ? [...words] : known;
}

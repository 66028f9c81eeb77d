import { run } from '../../../lib/exec.ts';
import { applyTransaction } from './apply.ts';
import { dropTable, tableName } from './render.ts';

/** Removes this mode's rules from the kernel; the sockets end with their process. Resolves with the tables that were there. */
export async function cleanupUserspace(signal?: AbortSignal): Promise<string[]> {
  const { stdout } = await run('nft', ['-j', 'list', 'tables'], { signal });
  const { nftables } = JSON.parse(stdout) as { nftables: { table?: { family: string; name: string } }[] };
  const ours = nftables.flatMap(({ table }) => (table?.name === tableName ? [table.family] : []));
  await applyTransaction(ours.map((family) => dropTable(family)).join(''), signal);
  return ours.map((family) => `${family} ${tableName}`);
}

import { tablesNamed } from '../nft-tables.ts';
import { applyTransaction } from './apply.ts';
import { dropTable, tableName } from './render.ts';

/** Removes this mode's rules from the kernel; the sockets end with their process. Resolves with the tables that were there. */
export async function cleanupUserspace(signal?: AbortSignal): Promise<string[]> {
  const ours = await tablesNamed([tableName], signal);
  await applyTransaction(ours.map(({ family }) => dropTable(family)).join(''), signal);
  return ours.map(({ family, name }) => `${family} ${name}`);
}

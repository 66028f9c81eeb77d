import { tablesNamed } from '../nft-tables.ts';
import { applyTransaction } from './apply.ts';
import { tableNames } from './backend.ts';
import { draftTable } from './outline.ts';
import { dropTable } from './render.ts';

/** Removes every trace of this mode from the kernel. Resolves with the tables that were there. */
export async function cleanupNftables(signal?: AbortSignal): Promise<string[]> {
  const ours = await tablesNamed([...tableNames, draftTable], signal);
  await applyTransaction(ours.map(({ family, name }) => dropTable(family, name)).join(''), signal);
  return ours.map(({ family, name }) => `${family} ${name}`);
}

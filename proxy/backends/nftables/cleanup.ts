import { run } from '../../../lib/exec.ts';
import { applyTransaction } from './apply.ts';
import { tableNames } from './backend.ts';
import { draftTable } from './outline.ts';
import { dropTable } from './render.ts';

/** Removes every trace of this mode from the kernel. Resolves with the tables that were there. */
export async function cleanupNftables(signal?: AbortSignal): Promise<string[]> {
  const { stdout } = await run('nft', ['-j', 'list', 'tables'], { signal });
  const { nftables } = JSON.parse(stdout) as { nftables: { table?: { family: string; name: string } }[] };
  const ours = nftables.flatMap(({ table }) => (table && names.includes(table.name) ? [table] : []));
  await applyTransaction(ours.map(({ family, name }) => dropTable(family, name)).join(''), signal);
  return ours.map(({ family, name }) => `${family} ${name}`);
}

const names: readonly string[] = [...tableNames, draftTable];

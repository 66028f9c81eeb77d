import { WorkshopError } from '../../../lib/errors.ts';
import { ExecError, run } from '../../../lib/exec.ts';
import type { Family } from '../../../lib/ip.ts';
import { waitFor } from '../../../lib/wait.ts';
import { restoreRules, restoreServers, restoreSets } from './apply.ts';
import { setNames } from './objects.ts';
import { readRules, readServers, readSets } from './read.ts';
import { chainPrefix, sectionOf } from './rules.ts';
import { kernelOf, takeSnapshot } from './snapshot.ts';
import { device, serverLine, setName } from './text.ts';

/**
 * Removes every trace of this mode: rules, virtual servers, addresses, sets. Others' virtual servers and sets stay, and so do the
 * kernel's settings, whose values from before nobody knows. Resolves with what was removed, in words.
 */
export async function cleanupIpvs(signal?: AbortSignal): Promise<string[]> {
  const removed: string[] = [];
  for (const family of ['IPv4', 'IPv6'] as const) {
    removed.push(...(await tolerant(() => removeServers(family, signal))));
    removed.push(...(await tolerant(() => removeRules(family, signal))));
    removed.push(...(await tolerant(() => removeSets(family, signal))));
  }
  const { exitCode } = await run('ip', ['link', 'del', device], { signal, okCodes: [0, 1, 255] });
  if (exitCode === 0) removed.push(`device ${device}`);
  return removed;
}

/** Where a program, or its kernel part, is missing there is nothing that could have been left by it. */
async function tolerant(work: () => Promise<string[]>): Promise<string[]> {
  try {
    return await work();
  } catch (error) {
    if (
      error instanceof ExecError &&
      (error.kind === 'missing' || /initialize ipvs|Protocol not available/i.test(error.stderr))
    )
      return [];
    throw error;
  }
}

async function removeServers(family: Family, signal?: AbortSignal): Promise<string[]> {
  // First without the sets: the kernel may have no IPVS at all, and then they are of no use.
  await readServers(family, signal);
  const { objects } = kernelOf(await takeSnapshot(family, signal), {});
  const servers = [...objects.values()].flatMap((object) => (object.kind === 'server' ? [object] : []));
  await idle(family, new Set(servers.map(({ id }) => id)), signal);
  await restoreServers(
    servers.map((server) => serverLine('D', server)),
    signal,
  );
  return servers.map(({ id }) => `virtual server ${id}`);
}

/** Gives requests under way a moment to end: by now another mode has the new ones. */
async function idle(family: Family, ids: ReadonlySet<string>, signal?: AbortSignal): Promise<void> {
  const isIdle = async () =>
    [...(await readServers(family, signal))].every(([id, { active }]) => active === 0 || !ids.has(id));
  const limits = { what: 'the last connections', timeoutMs: graceMs, intervalMs: 100, signal };
  await waitFor(isIdle, limits).catch((error: unknown) => {
    if (!(error instanceof WorkshopError)) throw error;
  });
}

const graceMs = 3000;

async function removeRules(family: Family, signal?: AbortSignal): Promise<string[]> {
  const saved = await readRules(family, signal);
  const tables = ['mangle', 'nat', 'filter'].flatMap((table) => {
    const lines = sectionOf(saved, table);
    const chains = lines.flatMap((line) =>
      line.startsWith(`:${chainPrefix}`) ? [line.slice(1).split(' ')[0] ?? ''] : [],
    );
    const jumps = lines.filter(
      (line) =>
        line.startsWith('-A ') && !line.startsWith(`-A ${chainPrefix}`) && line.includes(`-j ${chainPrefix}`),
    );
    return chains.length === 0 ? [] : [{ table, chains, jumps }];
  });
  const text = tables.map(({ table, chains, jumps }) =>
    [
      `*${table}`,
      ...chains.map((chain) => `:${chain} - [0:0]`),
      ...jumps.map((line) => line.replace(/^-A/, '-D')),
      ...chains.map((chain) => `-X ${chain}`),
      'COMMIT\n',
    ].join('\n'),
  );
  await restoreRules(text.join(''), family, signal);
  return tables.flatMap(({ table, chains }) => chains.map((chain) => `${family} chain ${table} ${chain}`));
}

async function removeSets(family: Family, signal?: AbortSignal): Promise<string[]> {
  const present = await readSets(family, signal);
  const names = setNames.filter((set) => present.has(set)).map((set) => setName(family, set));
  await restoreSets(
    names.map((name) => `destroy ${name}`),
    signal,
  );
  return names.map((name) => `set ${name}`);
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../lib/exec.ts';

/** Everything of this machine that a sandbox must leave alone, as text by name. */
export async function hostNetwork(): Promise<Record<string, string>> {
  const commands = {
    links: ['link'],
    addresses: ['address'],
    routes: ['route', 'show', 'table', 'all'],
    routes6: ['-6', 'route', 'show', 'table', 'all'],
    rules: ['rule'],
    neighbours: ['neighbour', 'show', 'nud', 'permanent'],
    namespaces: ['netns'],
  };
  const texts = await Promise.all(
    Object.entries(commands).map(async ([name, args]) => {
      const { stdout } = await run('ip', args);
      // Leased addresses count down.
      return [name, stdout.replace(/(valid_lft|preferred_lft|expires) \w+/g, '')] as const;
    }),
  );
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  return { ...Object.fromEntries(texts), mounts, sysctls: netSysctls() };
}

/** Settings below /proc/sys/net; those that are counters or triggers are left out. */
function netSysctls(): string {
  const lines: string[] = [];
  const visit = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (!/nf_conntrack_count|route\/flush|stable_secret/.test(path))
        lines.push(`${path} ${read(path)}`);
    }
  };
  visit('/proc/sys/net');
  // Tables that appear when the kernel loads a module (connection tracking) are no change of settings.
  return lines.filter((line) => !line.includes('/netfilter/')).join('\n');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Ids of the processes in a namespace, zombies left out; for `net` and `pid` links as in /proc/PID/ns. */
export function processesIn(kind: 'net' | 'pid' | 'mnt', link: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return pid > 0 && readlinkSync(`/proc/${pid}/ns/${kind}`) === link;
      } catch {
        return false;
      }
    });
}

export function namespaceOf(pid: number, kind: 'net' | 'pid' | 'mnt'): string {
  return readlinkSync(`/proc/${pid}/ns/${kind}`);
}

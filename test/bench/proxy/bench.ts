import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { run as exec } from '../../../lib/exec.ts';
import { bundleInto } from '../../proxy/bundle.ts';
import type { Row } from '../row.ts';

/** The proxy's figures: full syncs beside the bare `nft -f` of the same table, single changes at that size, memory. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(`${tmpdir()}/bench-proxy-`);
  try {
    await bundleInto(folder, { steps: 'test/bench/proxy/steps.ts' });
    const rows: Row[] = [];
    for (const { services, endpoints } of sizes) {
      const program = [process.execPath, `${folder}/steps.mjs`, String(services), String(endpoints)];
      const { stdout } = await exec('unshare', [...spaces(), ...program]);
      rows.push(...rowsOf(`${services} Services × ${endpoints}`, JSON.parse(stdout) as Seen));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sizes = [
  { services: 10_000, endpoints: 2 },
  { services: 44_000, endpoints: 1 },
  { services: 5000, endpoints: 50 },
] as const;

interface Seen {
  full: number;
  bare: number;
  median: number;
  p99: number;
  rss: number;
}

/** kube-proxy 1.35.4 took 16.8 s for the first sync of 10,000 × 2 on a machine of this kind (its nftables mode, 2 cores). */
function rowsOf(size: string, seen: Seen): Row[] {
  return [
    {
      figure: `nftables, first full sync, ${size}`,
      value: seen.full,
      unit: 'ms',
      target: seen.bare * 1.5,
      peer: { name: 'bare nft -f', value: seen.bare },
    },
    { figure: `one endpoint changed, ${size}, median`, value: seen.median, unit: 'ms', target: 20 },
    { figure: `one endpoint changed, ${size}, p99`, value: seen.p99, unit: 'ms', target: 25 },
    {
      figure: `resident memory, ${size}`,
      value: seen.rss / 1e6,
      unit: 'MB',
      target: size.startsWith('10') ? 250 : 900,
    },
  ];
}

/** Root may send the kernel messages of any size, others may not: each is measured as what it is. */
function spaces(): string[] {
  return process.getuid?.() === 0 ? ['--net'] : ['--user', '--map-root-user', '--net'];
}

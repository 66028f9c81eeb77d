import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { run as exec } from '../../../lib/exec.ts';
import { bundleInto } from '../../proxy/bundle.ts';

/** One line of the bench: what was measured, how it came out, what it should be, and what something else needs for it. */
export interface Row {
  figure: string;
  value: number;
  unit: string;
  target?: number;
  peer?: string;
}

/** The proxy's figures: full syncs beside the bare `nft -f` of the same table, single changes at that size, memory. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(`${tmpdir()}/bench-proxy-`);
  try {
    await bundleInto(folder, { steps: 'test/bench/proxy/steps.ts' });
    const rows: Row[] = [];
    for (const { services, endpoints, peer } of sizes) {
      const program = [process.execPath, `${folder}/steps.mjs`, String(services), String(endpoints)];
      const { stdout } = await exec('unshare', [...spaces(), ...program]);
      rows.push(...rowsOf(`${services} Services × ${endpoints}`, JSON.parse(stdout) as Seen, peer));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sizes = [
  { services: 10_000, endpoints: 2, peer: 'kube-proxy 1.35: 16.8 s' },
  { services: 44_000, endpoints: 1, peer: undefined },
  { services: 5000, endpoints: 50, peer: undefined },
] as const;

interface Seen {
  full: number;
  bare: number;
  median: number;
  p99: number;
  rss: number;
}

function rowsOf(size: string, seen: Seen, peer: string | undefined): Row[] {
  const round = (value: number) => Math.round(value * 10) / 10;
  return [
    {
      figure: `nftables, first full sync, ${size}`,
      value: round(seen.full),
      unit: 'ms',
      target: round(seen.bare * 1.5),
      peer: `bare nft -f: ${round(seen.bare)} ms${peer === undefined ? '' : `; ${peer}`}`,
    },
    { figure: `one endpoint changed, ${size}, median`, value: round(seen.median), unit: 'ms', target: 20 },
    { figure: `one endpoint changed, ${size}, p99`, value: round(seen.p99), unit: 'ms', target: 25 },
    {
      figure: `resident memory, ${size}`,
      value: Math.round(seen.rss / 1e6),
      unit: 'MB',
      target: size.startsWith('5000') ? 900 : 250,
    },
  ];
}

/** Root may send the kernel messages of any size, others may not: each is measured as what it is. */
function spaces(): string[] {
  return process.getuid?.() === 0 ? ['--net'] : ['--user', '--map-root-user', '--net'];
}

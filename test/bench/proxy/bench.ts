import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { bundleInto } from '../../proxy/bundle.ts';
import type { Row } from '../row.ts';
import { inSpaceOf } from './spaces.ts';

/** The proxy's figures: full syncs beside the bare `nft -f` of the same table, single changes as they come from a watch, memory. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(`${tmpdir()}/bench-proxy-`);
  const inSpace = inSpaceOf(folder);
  try {
    const steps = 'test/bench/proxy/steps.ts';
    await bundleInto(folder, { steps, live: 'test/bench/proxy/live.ts', proxy: 'proxy/main.ts' });
    const rows: Row[] = [];
    for (const { mode, services, endpoints } of sizes) {
      const seen = await inSpace<Seen>('steps', mode, services, endpoints);
      rows.push(...rowsOf(mode, `${services} Services × ${endpoints}`, seen));
    }
    for (const { services, endpoints, storm } of living) {
      const args = [`${folder}/proxy.mjs`, services, endpoints, ...storm];
      rows.push(...liveRows(`${services} Services × ${endpoints}`, await inSpace<Live>('live', ...args)));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sizes = [
  { mode: 'nftables', services: 10_000, endpoints: 2 },
  { mode: 'nftables', services: 44_000, endpoints: 1 },
  { mode: 'nftables', services: 5000, endpoints: 50 },
  { mode: 'iptables', services: 10_000, endpoints: 2 },
] as const;

/** With a thousand changes a second for half a minute. */
const living = [
  { services: 1000, endpoints: 2, storm: [] },
  { services: 10_000, endpoints: 2, storm: [1000, 30] },
  { services: 44_000, endpoints: 1, storm: [] },
] as const;

interface Live {
  firstMs: number;
  median: number;
  p99: number;
  peak: number;
  storm?: { median: number; p99: number; sent: number; cpu: number };
}

function liveRows(size: string, { firstMs, median, p99, peak, storm }: Live): Row[] {
  const small = size.startsWith('1000 ');
  const rows: Row[] = [
    {
      figure: `start of the process until the kernel has its rules, ${size}`,
      value: firstMs,
      unit: 'ms',
      ...(small && { target: 600 }),
    },
    {
      figure: `one endpoint changed, watch event → kernel, ${size}, median`,
      value: median,
      unit: 'ms',
      target: 10,
    },
    {
      figure: `one endpoint changed, watch event → kernel, ${size}, p99`,
      value: p99,
      unit: 'ms',
      target: 25,
    },
  ];
  const most = {
    figure: `resident at its peak with children, ${size}`,
    value: peak / 1e6,
    unit: 'MB',
  } as const;
  rows.push(size.startsWith('10000 ') ? { ...most, target: 180 } : most);
  if (!storm) return rows;
  const of = `${Math.round(storm.sent)} endpoint changes a second for 30 s, ${size}`;
  return [
    ...rows,
    { figure: `${of}: lag, median`, value: storm.median, unit: 'ms', target: 200 },
    { figure: `${of}: lag, p99`, value: storm.p99, unit: 'ms', target: 200 },
    { figure: `${of}: share of one core`, value: storm.cpu, unit: '%' },
  ];
}

interface Seen {
  full: number;
  bare: number;
  median: number;
  p99: number;
  rss: number;
}

function rowsOf(mode: 'nftables' | 'iptables', size: string, seen: Seen): Row[] {
  const bare = mode === 'nftables' ? 'bare nft -f' : 'bare iptables-restore';
  return [
    {
      figure: `${mode}, first full sync, ${size}`,
      value: seen.full,
      unit: 'ms',
      target: seen.bare * 1.3,
      peer: { name: bare, value: seen.bare },
    },
    {
      figure: `${mode}, one endpoint changed, until its program has ended, ${size}, median`,
      value: seen.median,
      unit: 'ms',
      ...(mode === 'nftables' && { target: 20 }),
    },
    {
      figure: `${mode}, resident memory, ${size}`,
      value: seen.rss / 1e6,
      unit: 'MB',
      target: size.startsWith('10') ? 180 : 900,
    },
  ];
}

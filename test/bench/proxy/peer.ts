import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { WorkshopError } from '../../../lib/errors.ts';
import { proxyNodeFlags } from '../../../lib/programs.ts';
import { bundleInto } from '../../proxy/bundle.ts';
import type { Row } from '../row.ts';
import { type InSpace, inSpaceOf } from './spaces.ts';

/**
 * The proxy seen from outside, by real connections, beside a direct connection; and beside kube-proxy where the environment variable
 * KUBE_PROXY names its program: the same API server, the same Services, the same machine, one after the other.
 */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(`${tmpdir()}/bench-peer-`);
  const rival = givenRival();
  try {
    await bundleInto(folder, { versus: 'test/bench/proxy/versus.ts', proxy: 'proxy/main.ts' });
    const inSpace = inSpaceOf(folder);
    const own = [process.execPath, ...proxyNodeFlags, `${folder}/proxy.mjs`];
    const rows: Row[] = [];
    for (const services of [10, 44_000]) {
      const { direct, through } = await measure(inSpace, own, 'nftables', services);
      rows.push(rateRow('nftables', services, through, { name: 'direct', value: direct }));
    }
    for (const mode of ['nftables', 'iptables'] as const) {
      const ours = await measure(inSpace, own, mode, 10_000);
      const theirs = rival && (await measure(inSpace, [rival, ...kubeProxyFlags], mode, 10_000));
      rows.push(...(theirs ? besides(mode, ours, theirs) : [rateRow(mode, 10_000, ours.through)]));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function givenRival(): string | undefined {
  const file = process.env['KUBE_PROXY'];
  if (file === undefined || file === '') return undefined;
  try {
    accessSync(file, constants.X_OK);
    return file;
  } catch (cause) {
    throw new WorkshopError('usage', `could not measure kube-proxy: KUBE_PROXY names no program: ${file}`, {
      cause,
    });
  }
}

/** The API server of the bench speaks JSON alone; limits of conntrack are the machine's, which stays as it is. */
const kubeProxyFlags = [
  ...['--kube-api-content-type', 'application/json', '--conntrack-max-per-core', '0', '--conntrack-min', '0'],
  ...['--conntrack-tcp-timeout-established', '0', '--conntrack-tcp-timeout-close-wait', '0'],
];

type Mode = 'nftables' | 'iptables';

interface Seen {
  readonly readyMs: number;
  readonly syncMs: number;
  readonly changeMs: number;
  readonly peak: number;
  readonly direct: number;
  readonly through: number;
}

function measure(inSpace: InSpace, command: readonly string[], mode: Mode, services: number): Promise<Seen> {
  const flags = [
    '--kubeconfig',
    'KUBECONFIG',
    '--hostname-override',
    'node-0',
    '--cluster-cidr',
    '10.0.0.0/8',
  ];
  return inSpace<Seen>(
    'versus',
    services,
    services > 20_000 ? 1 : 2,
    3,
    ...command,
    ...flags,
    '--proxy-mode',
    mode,
  );
}

function besides(mode: Mode, ours: Seen, theirs: Seen): Row[] {
  const size = '10000 Services × 2';
  const row = (figure: string, value: number, peer: number, unit: 'ms' | 'MB', share: number): Row => ({
    figure: `${mode}, ${figure}, ${size}`,
    value,
    unit,
    target: peer * share,
    peer: { name: 'kube-proxy', value: peer },
  });
  return [
    row(
      'first full sync by its own metric',
      ours.syncMs,
      theirs.syncMs,
      'ms',
      mode === 'nftables' ? 1 / 20 : 1,
    ),
    row('start of the process until a connection goes through', ours.readyMs, theirs.readyMs, 'ms', 1),
    row('one endpoint changed until connections see it', ours.changeMs, theirs.changeMs, 'ms', 1 / 5),
    row('resident at its peak with children', ours.peak / 1e6, theirs.peak / 1e6, 'MB', 1),
    rateRow(mode, 10_000, ours.through, { name: 'kube-proxy', value: theirs.through }),
  ];
}

/** A tenth less than the peer's is within what two runs differ by. */
function rateRow(mode: Mode, services: number, value: number, peer?: { name: string; value: number }): Row {
  const figure = `${mode}, new connections a second through a cluster IP, ${services} Services`;
  return { figure, value, unit: '/s', ...(peer && { peer, target: peer.value * 0.9 }) };
}

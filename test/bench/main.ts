import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, isAbort, messageOf, WorkshopError } from '../../lib/errors.ts';
import { readFlags } from '../../lib/read-flags.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { courseFigures } from './course.ts';
import { freshCloneFigures } from './fresh-clone.ts';
import { machineFacts } from './machine.ts';
import { machineFigures } from './machines.ts';
import { run as proxyFigures } from './proxy/bench.ts';
import { run as peerFigures } from './proxy/peer.ts';
import { merged, type Row, reached, table } from './row.ts';
import { sandboxFigures } from './sandbox.ts';

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  sandbox: sandboxFigures,
  proxy: proxyFigures,
  peer: peerFigures,
  course: courseFigures,
  fresh: freshCloneFigures,
};

/** Those that need more than this machine's own programs. */
const partsToName: typeof parts = { machines: machineFigures };

const help = `Measures how fast the workshop is and what it costs, and prints each figure beside what it should be.

Usage: npm run bench [-- PART … [--write]]

Parts: ${Object.keys(parts).join(', ')}; without any, all of these. They take minutes; leave the machine alone meanwhile.
  proxy    full syncs beside the bare nft -f of the same table; from watch event to kernel; a thousand changes a second
  peer     connections through the proxy; beside kube-proxy, if KUBE_PROXY names its program
  sandbox  up, manifests, checks, idle cost
  course   how long a learner waits
  fresh    npm start in a fresh clone with an empty npm cache
  machines virtual machines with real Kubernetes, from the box and the bundle; only when it is named

  --write  keeps the table in docs/benchmarks.md; of some parts, their rows

Run it as root for the figures that talk to the kernel in large messages.

Examples:
  npm run bench -- proxy
  KUBE_PROXY=/usr/local/bin/kube-proxy npm run bench -- peer
  npm run bench -- --write
`;

/** Exit code 0 even when a figure misses: a measurement is no test. Throws WorkshopError `usage` for what it does not know. */
async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = readFlags(argv, options, { failure, advice, words: true });
  if (values.help) return void process.stdout.write(help);
  const chosen = (positionals.length > 0 ? positionals : Object.keys(parts)).map(partNamed);
  const rows: Row[] = [];
  for (const [name, part] of chosen) {
    process.stderr.write(` • ${name} …\n`);
    rows.push(...(await part()));
  }
  const figures = table(rows);
  process.stdout.write(page(figures));
  const missed = rows.filter((row) => !reached(row)).length;
  process.stderr.write(`${rows.length} figures, ${missed} of them not where they should be\n`);
  if (!values.write) return;
  writeFileSync(kept, heading + page(positionals.length > 0 ? merged(keptTable(), figures) : figures));
}

function page(figures: string): string {
  return `Measured on ${machineFacts()}.\n\n${figures}\n`;
}

function keptTable(): string {
  return /^\|.*\|$/ms.exec(readFileSync(kept, 'utf8'))?.[0] ?? '';
}

const kept = join(import.meta.dirname, '../../docs/benchmarks.md');

const options = { write: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
const failure = 'could not measure';
const advice = 'npm run bench -- --help';

function partNamed(name: string): readonly [string, () => Promise<Row[]>] {
  const known = { ...parts, ...partsToName };
  const part = known[name];
  if (part) return [name, part];
  const why = `there is no part ${name}${didYouMean(name, Object.keys(known))}`;
  throw new WorkshopError('usage', `${failure}: ${why}`, { advice });
}

const heading =
  '# Benchmarks\n\nWritten by `npm run bench -- --write`; a run of some parts replaces their rows.\n\n';

try {
  await main(process.argv.slice(2));
} catch (error) {
  const advice = error instanceof WorkshopError && error.advice ? `. Try ${error.advice}.` : '';
  process.stderr.write(`bench: ${isAbort(error) ? 'interrupted' : messageOf(error)}${advice}\n`);
  // 130 is what shells say of an interrupted program.
  process.exitCode = isAbort(error) ? 130 : exitCodes[error instanceof WorkshopError ? error.fault : 'bug'];
}

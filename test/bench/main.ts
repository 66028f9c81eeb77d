import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes, messageOf, WorkshopError } from '../../lib/errors.ts';
import { suggest } from '../../lib/suggest.ts';
import { courseFigures } from './course.ts';
import { freshCloneFigures } from './fresh-clone.ts';
import { machineFacts } from './machine.ts';
import { run as proxyFigures } from './proxy/bench.ts';
import { type Row, reached, table } from './row.ts';
import { sandboxFigures } from './sandbox.ts';

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  sandbox: sandboxFigures,
  proxy: proxyFigures,
  course: courseFigures,
  fresh: freshCloneFigures,
};

const help = `Measures how fast the workshop is and what it costs, and prints each figure beside what it should be.

Usage: npm run bench [-- PART … [--write]]

Parts: ${Object.keys(parts).join(', ')}; without any, all of them. They take minutes; leave the machine alone meanwhile.
  proxy    full syncs beside the bare nft -f of the same table; from watch event to kernel; a thousand changes a second
  sandbox  up, manifests, checks, idle cost
  course   how long a learner waits
  fresh    npm start in a fresh clone with an empty npm cache

  --write  keeps the table in docs/benchmarks.md

Run it as root for the figures that talk to the kernel in large messages.

Examples:
  npm run bench -- proxy
  npm run bench -- --write
`;

/** Exit code 0 even when a figure misses: a measurement is no test. Throws WorkshopError `usage` for what it does not know. */
async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = given(argv);
  if (values.help) return void process.stdout.write(help);
  const chosen = (positionals.length > 0 ? positionals : Object.keys(parts)).map(partNamed);
  const rows: Row[] = [];
  for (const [name, part] of chosen) {
    process.stderr.write(` • ${name} …\n`);
    rows.push(...(await part()));
  }
  const text = `Measured on ${machineFacts()}.\n\n${table(rows)}\n`;
  process.stdout.write(text);
  const missed = rows.filter((row) => !reached(row)).length;
  process.stderr.write(`${rows.length} figures, ${missed} of them not where they should be\n`);
  if (values.write) writeFileSync(join(import.meta.dirname, '../../docs/benchmarks.md'), `${heading}${text}`);
}

function given(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { write: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw usage(messageOf(error));
  }
}

function partNamed(name: string): readonly [string, () => Promise<Row[]>] {
  const part = parts[name];
  const near = suggest(name, Object.keys(parts));
  if (!part) throw usage(`there is no part ${name}${near ? ` (perhaps ${near})` : ''}`);
  return [name, part];
}

function usage(why: string): WorkshopError {
  return new WorkshopError('usage', `could not measure: ${why}`, { advice: 'npm run bench -- --help' });
}

const heading = '# Benchmarks\n\nWritten by `npm run bench -- --write`; each run replaces the table.\n\n';

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof WorkshopError)) throw error;
  process.stderr.write(`bench: ${error.message}. Try ${error.advice}.\n`);
  process.exitCode = exitCodes[error.fault];
}

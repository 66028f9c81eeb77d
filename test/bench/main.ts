import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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

/**
 * `npm run bench [-- PART …] [--write]`: measures, and prints each figure beside what it should be; `--write` keeps the table in
 * docs/benchmarks.md. Needs root for the figures that talk to the kernel in large messages. Exit code 0 even when a figure
 * misses: a measurement is no test.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { write: { type: 'boolean' } },
  });
  const chosen = positionals.length > 0 ? positionals : Object.keys(parts);
  const rows: Row[] = [];
  for (const name of chosen) {
    const part = parts[name];
    if (!part) throw new TypeError(`no such part: ${name}; there are ${Object.keys(parts).join(', ')}`);
    process.stderr.write(` • ${name} …\n`);
    rows.push(...(await part()));
  }
  const text = `Measured on ${machineFacts()}.\n\n${table(rows)}\n`;
  process.stdout.write(text);
  const missed = rows.filter((row) => !reached(row)).length;
  process.stderr.write(`${rows.length} figures, ${missed} of them not where they should be\n`);
  if (values.write) writeFileSync(join(import.meta.dirname, '../../docs/benchmarks.md'), `${heading}${text}`);
}

const heading = '# Benchmarks\n\nWritten by `npm run bench -- --write`; each run replaces the table.\n\n';

await main();

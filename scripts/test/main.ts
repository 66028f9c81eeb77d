import { readdirSync } from 'node:fs';
import Mocha from 'mocha';
import { exitCodes, WorkshopError } from '../../lib/errors.ts';
import { readFlags } from '../../lib/read-flags.ts';
import { help } from './help.ts';
import { requireKubectl } from './require-kubectl.ts';
import { watchSlowest } from './slowest.ts';

/**
 * `npm test`: runs every test through mocha's API and ends with the real totals. `npm test -- WORD …` runs only the files
 * whose path holds one of the words, `--grep TEXT` only the tests of that name, `--slow` those files that end in `.slow.test.ts`
 * and are left out otherwise. Exit codes: 0 passed, 1 failed, 2 usage, 3 this machine lacks something, 5 none ran.
 */
async function main(): Promise<void> {
  const reading = { failure: 'could not run the tests', advice: 'npm test -- --help', words: true };
  const { values, positionals } = readFlags(process.argv.slice(2), options, reading);
  if (values.help) return void process.stdout.write(help);
  await requireKubectl();
  const mocha = new Mocha({
    timeout: 30_000,
    slow: 5_000,
    reporter: 'spec',
    ...(values.grep && { fgrep: values.grep }),
  });
  for (const file of testFiles(positionals, values.slow === true)) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const started = performance.now();
  let slowest = () => [] as string[];
  const runner = await new Promise<Mocha.Runner>((resolve) => {
    const running = mocha.run(() => resolve(running));
    slowest = watchSlowest(running, 12);
  });
  const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
  const skipped = pending > 0 ? `, ${pending} skipped` : '';
  process.stdout.write(`The files that took longest:\n${slowest().join('\n')}\n`);
  process.stdout.write(`${((performance.now() - started) / 1000).toFixed(0)} s\n`);
  process.stdout.write(`${passes} passed, ${failures} failed${skipped}\n`);
  process.exitCode = failures > 0 ? 1 : passes === 0 ? 5 : 0;
}

const options = {
  grep: { type: 'string' },
  slow: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Tests in an order that shows small faults first: leaves, then parts, then whole clusters. */
function testFiles(words: readonly string[], slow: boolean): string[] {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && file.endsWith('.slow.test.ts') === slow)
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return files.map((file) => `test/${file}`);
}

const order = ['lib', 'scripts', 'proxy', 'sandbox', 'behaviour', 'labs', 'whole'];

function rank(file: string): number {
  const at = order.indexOf(file.split('/')[0] ?? '');
  return at === -1 ? order.length : at;
}

await main().catch((error: unknown) => {
  if (!(error instanceof WorkshopError)) throw error;
  process.stderr.write(`${error.message}\nTry: ${error.advice}\n`);
  process.exitCode = exitCodes[error.fault];
});

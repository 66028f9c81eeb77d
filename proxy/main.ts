import { exitCodes, isAbort, messageOf, WorkshopError } from '../lib/errors.ts';
import { ExecError } from '../lib/exec.ts';
import { processLog } from '../lib/log.ts';
import { cleanupNftables } from './backends/nftables/cleanup.ts';
import { requireNft } from './backends/nftables/supported.ts';
import { dryRun } from './dry-run.ts';
import { helpText } from './flags.ts';
import { type Options, parseOptions } from './options.ts';
import { runProxy } from './proxy.ts';

/** `proxy [flags]`: the node proxy as a process. */
async function main(argv: readonly string[]): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  const options = parseOptions(argv);
  await act(options, stop.signal).catch((error: unknown) => {
    if (!(stop.signal.aborted && (isAbort(error) || error instanceof ExecError))) throw error;
  });
}

async function act(options: Options, signal: AbortSignal): Promise<void> {
  const log = processLog(options.verbosity >= 4 ? 'debug' : 'info');
  if (options.action === 'help') process.stdout.write(helpText());
  else if (options.action === 'version') process.stdout.write(`${version}\n`);
  else if (options.action === 'dry-run') process.stdout.write(await dryRun(options, log, signal));
  else {
    await requireNft(signal);
    if (options.action === 'cleanup') {
      for (const table of await cleanupNftables(signal)) log.info('removed', { table });
      return;
    }
    log.info('starting', { version, node: options.nodeName, mode: options.mode });
    await runProxy(options, log, signal);
    log.info('stopped, the rules stay');
  }
}

const version = 'workshop-proxy 0.1.0';

try {
  await main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof WorkshopError || error instanceof ExecError;
  const advice = error instanceof WorkshopError && error.advice ? `. Try ${error.advice}.` : '';
  process.stderr.write(`proxy: ${messageOf(error)}${advice}\n`);
  if (!known) process.stderr.write('This is a fault of the proxy itself.\n');
  process.exitCode = exitCodes[error instanceof WorkshopError ? error.fault : known ? 'environment' : 'bug'];
}

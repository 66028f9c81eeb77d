import { exitCodes, isAbort, messageOf, WorkshopError } from '../lib/errors.ts';
import { ExecError } from '../lib/exec.ts';
import { type Log, processLog } from '../lib/log.ts';
import { requireNft } from './backends/nftables/supported.ts';
import { dryRun } from './dry-run.ts';
import { helpText } from './flags.ts';
import { modeTable } from './modes.ts';
import { type Options, parseOptions } from './options.ts';
import { modes } from './plan.ts';
import { runProxy } from './proxy.ts';

/** `proxy [flags]`: the node proxy as a process. */
async function main(argv: readonly string[]): Promise<void> {
  const stop = new AbortController();
  // Not `once`: while a child runs, execa has a listener too, which ends the process when it finds itself alone.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
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
    if (options.action === 'cleanup') return await cleanup(log, signal);
    if (options.plan.mode === 'nftables') await requireNft(signal);
    for (const field of options.unusedFields) log.warn('this field has no effect', { field });
    log.info('starting', { version, node: options.nodeName, mode: options.plan.mode });
    await runProxy(options, log, signal);
    log.info('stopped, the rules stay');
  }
}

/** Of all modes, since nobody knows which ones have been at work. */
async function cleanup(log: Log, signal: AbortSignal): Promise<void> {
  await requireNft(signal);
  for (const mode of modes) {
    for (const removed of await modeTable[mode].cleanup(signal)) log.info('removed', { mode, removed });
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

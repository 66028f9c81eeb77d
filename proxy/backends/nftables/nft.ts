import { applyTransaction } from './apply.ts';
import { openFifo } from './fifo.ts';
import { type NftProcess, startNft } from './nft-process.ts';

/** Runs nft for one table. Each call is one transaction: all of it or nothing. Both throw ExecError with nft's own words. */
export interface Nft {
  /** Carries out a text. */
  run(text: string, signal?: AbortSignal): Promise<void>;
  /**
   * Carries out a text that, if `long`, nft reads while it is made. Should this process die meanwhile, nft gets the beginning alone,
   * which must be a syntax error. An error in the making comes through, and nothing is carried out.
   */
  send(pieces: AsyncGenerator<string>, how: { long: boolean }, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/**
 * Keeps the next nft started and waiting for its text: what loading the program takes would otherwise be most of the time of a small
 * change. A waiting nft has read nothing of the kernel's yet, and does nothing when its input just ends, as it does when this process
 * dies.
 */
export function createNft(): Nft {
  let waiting: NftProcess | undefined;
  let closed = false;

  function take(): NftProcess {
    const taken = waiting?.isOver() === false ? waiting : startNft();
    waiting = undefined;
    return taken;
  }

  function replenish(): void {
    if (!closed && waiting?.isOver() !== false) waiting = startNft();
  }

  async function run(text: string, signal?: AbortSignal): Promise<void> {
    if (text === '') return;
    // A longer text does not go through at once, so nft might carry out a part of it if this process died meanwhile.
    if (text.length > atOnce) return await applyTransaction(text, signal);
    await guarded(take(), signal, (nft) => nft.finish(text)).finally(replenish);
  }

  async function send(
    pieces: AsyncGenerator<string>,
    { long }: { long: boolean },
    signal?: AbortSignal,
  ): Promise<void> {
    if (!long) return await run(await all(pieces), signal);
    const fifo = await openFifo(signal);
    await guarded(startNft(fifo), signal, async (nft) => {
      for await (const piece of pieces) await nft.write(piece);
      await nft.finish('');
    }).finally(replenish);
  }

  return {
    run,
    send,
    close() {
      closed = true;
      waiting?.kill('aborted');
      waiting = undefined;
    },
  };
}

/** Less than a socket to a child takes up at once (net.core.wmem_default: 208 kB). */
const atOnce = 60_000;

async function all(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** Kills nft when it takes too long, when the signal says so, and when `use` fails: what it was given so far must come to nothing. */
async function guarded(
  nft: NftProcess,
  signal: AbortSignal | undefined,
  use: (nft: NftProcess) => Promise<void>,
): Promise<void> {
  const timer = setTimeout(() => nft.kill('timeout'), timeoutMs);
  const onAbort = () => nft.kill('aborted');
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  nft.keepAlive();
  try {
    await use(nft);
  } catch (error) {
    nft.kill('aborted');
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

const timeoutMs = 120_000;

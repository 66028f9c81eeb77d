import { applyTransaction } from './apply.ts';
import { type NftProcess, startNft } from './nft-process.ts';

/** Runs nft for one table. Throws ExecError with nft's own words. */
export interface Nft {
  /** Carries out a text as one transaction: all of it or nothing. */
  run(text: string, signal?: AbortSignal): Promise<void>;
  /**
   * Carries out texts of complete commands in transactions of about that length in characters each: the first one before all others,
   * these in any order and while more texts are being made. An error in the making comes through; what was carried out until then
   * stays.
   */
  stream(texts: Iterable<string>, length: number, signal?: AbortSignal): Promise<void>;
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

  async function stream(texts: Iterable<string>, length: number, signal?: AbortSignal): Promise<void> {
    const underWay: Promise<void>[] = [];
    let first: Promise<void> | undefined;
    let nft: NftProcess | undefined;
    let written = 0;

    async function finish(one: NftProcess): Promise<void> {
      await first;
      const over = guarded(one, signal, () => one.finish(''));
      over.catch(() => {});
      first ??= over;
      underWay.push(over);
    }

    try {
      for (const text of texts) {
        signal?.throwIfAborted();
        nft ??= take();
        await nft.write(text);
        written += text.length;
        if (written < length) continue;
        await finish(nft);
        nft = undefined;
        written = 0;
        if (underWay.length > atATime) await underWay.shift();
        replenish();
      }
      if (nft) await finish(nft);
      await Promise.all(underWay);
    } catch (error) {
      nft?.kill('aborted');
      await Promise.allSettled(underWay);
      throw error;
    } finally {
      replenish();
    }
  }

  replenish();
  return {
    run,
    stream,
    close() {
      closed = true;
      waiting?.kill('aborted');
      waiting = undefined;
    },
  };
}

/** So many transactions are carried out while the next is being made: the kernel does one at a time, but nft's own work is more. */
const atATime = 2;

/** Characters: less than a socket to a child takes up at once (net.core.wmem_default: 208 kB). */
export const atOnce = 60_000;

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

import { applyTransaction, patienceFor } from './apply.ts';
import { type NftProcess, startNft } from './nft-process.ts';

/** Runs nft for one table. Throws ExecError with nft's own words. */
export interface Nft {
  /** Carries out a text as one transaction: all of it or nothing. */
  run(text: string, signal?: AbortSignal): Promise<void>;
  /**
   * Carries out the parts of a text too long for one transaction, while it is still being made. An error in the making comes through;
   * what was carried out until then stays.
   */
  stream(parts: Parts, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** Texts of complete commands. */
export interface Parts {
  /** Carried out before all others, of which the first are being made meanwhile. */
  readonly foundation: string;
  /** Carried out in any order, in transactions of about `length` characters each. */
  readonly free: Iterable<string>;
  readonly length: number;
  /** Asked for when `free` has been made; carried out one after the other, a transaction each, and beside what is left of the others. */
  readonly inTurn: () => Promise<Iterable<string>>;
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
    const limits = { timeoutMs: patienceFor(text.length), signal };
    await guarded(take(), limits, (nft) => nft.finish(text)).finally(replenish);
  }

  async function stream({ foundation, free, length, inTurn }: Parts, signal?: AbortSignal): Promise<void> {
    const founded = run(foundation, signal);
    const underWay = [founded];
    founded.catch(() => {});
    let nft: NftProcess | undefined;
    let written = 0;

    function finish(one: NftProcess): void {
      const limits = { timeoutMs: atATime * patienceFor(written), signal };
      const over = founded.then(() => guarded(one, limits, () => one.finish('')));
      over.catch(() => {});
      underWay.push(over);
    }

    try {
      for (const text of free) {
        signal?.throwIfAborted();
        nft ??= take();
        await nft.write(text);
        written += text.length;
        if (written < length) continue;
        finish(nft);
        nft = undefined;
        written = 0;
        if (underWay.length > atATime) await underWay.shift();
        replenish();
      }
      if (nft) finish(nft);
      await founded;
      for (const text of await inTurn()) await run(text, signal);
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
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
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

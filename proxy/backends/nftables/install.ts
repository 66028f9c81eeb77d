import type { Unit } from '../../model/unit.ts';
import { isTooLong } from './apply.ts';
import type { Draft } from './draft.ts';
import type { Element } from './elements.ts';
import { atOnce, type Nft } from './nft.ts';
import { commit, dropTable, foundation, superstructure } from './render.ts';
import { type Batch, inBatches, statements } from './statements.ts';
import { type At, wordsOf } from './text.ts';

export interface Plan {
  readonly draft: Draft;
  /** To be filled into the draft; they are made on the way. */
  readonly units: Iterable<Unit>;
  /** Affinity records to take over, known when all units are. */
  readonly affinity: () => Promise<readonly Element[]>;
  readonly place: Promise<Place>;
}

/** The table's two names; the live table has the first, if one is live. */
export interface Place {
  readonly names: readonly [string, string];
  readonly isLive: boolean;
}

/**
 * Fills a draft and makes the kernel's table like it: a small one in one transaction in place of what is live; any other under the free
 * name while the draft is being filled, where only the last transaction, a short one, has an effect. Resolves with the name of the table
 * that is live then. Throws ExecError when nothing has changed.
 */
export async function install(nft: Nft, plan: Plan, signal?: AbortSignal): Promise<string> {
  const { draft } = plan;
  const batches = resumable(draft.filling(plan.units));
  const first = firstOf(batches, atOnce);
  const { names, isLive } = await plan.place;
  const [usual, other] = names;
  if (first.all) {
    const text = wholeText(draft, { made: usual, replaced: [other] }, first.batches, await plan.affinity());
    if (text.length <= atOnce) {
      await nft.run(text, signal);
      return usual;
    }
  }
  const swap = isLive ? { made: other, replaced: [usual] } : { made: usual, replaced: [other] };
  try {
    await inPieces(nft, { ...plan, ...swap, batches: chained(first.batches, batches) }, signal);
    return swap.made;
  } catch (error) {
    await nft.run(dropTable(wordsOf(draft.family).ip, swap.made)).catch(() => {});
    throw error;
  }
}

interface Swap {
  readonly made: string;
  readonly replaced: readonly string[];
}

/** All commands for a table that has been filled; `batches` are what the filling gave. Pure. */
export function wholeText(
  draft: Draft,
  swap: Swap,
  batches: Iterable<Batch>,
  affinity: readonly Element[] = [],
): string {
  return [
    foundation(draft.desired(swap.made).options),
    ...statements('add', atOf(draft, swap.made), draft.contested ? draft.batches() : batches),
    ...completion(draft, swap, affinity),
  ].join('');
}

async function inPieces(
  nft: Nft,
  { draft, affinity, batches, made, replaced }: Plan & Swap & { batches: Iterable<Batch> },
  signal?: AbortSignal,
): Promise<void> {
  const at = atOf(draft, made);
  let last = '';
  const inTurn = async () => {
    const pieces = [...joined(completion(draft, { made, replaced }, await affinity()))];
    last = pieces.pop() ?? '';
    return pieces;
  };
  const send = (list: Iterable<Batch>, length: number) => {
    const parts = { foundation: foundation(draft.desired(made).options), free: statements('add', at, list) };
    return nft.stream({ ...parts, length, inTurn }, signal);
  };
  await send(untilContested(draft, batches), usualLength).catch(async (error: unknown) => {
    if (error !== contested && !isTooLong(error)) throw error;
    // Whatever of it nobody has asked for.
    for (const _ of batches);
    await send(draft.batches(), error === contested ? usualLength : 0);
  });
  await nft.run(last, signal);
}

/** Characters in a transaction of several: some 50 ms of work for nft and the kernel, which we need as well to make them. */
const usualLength = 350_000;

/** What comes behind the elements and makes the table live. */
function completion(draft: Draft, { made, replaced }: Swap, affinity: readonly Element[]): string[] {
  const desired = draft.desired(made);
  return [
    ...superstructure(desired),
    ...statements('add', atOf(draft, made), inBatches([draft.leading, affinity])),
    commit(desired.options, replaced),
  ];
}

function atOf({ family }: Draft, table: string): At {
  return { ip: wordsOf(family).ip, table };
}

/** The text that was sent is not the right one, since units were found to want the same key. */
const contested = new Error('the text has to be made again');

function* untilContested(draft: Draft, batches: Iterable<Batch>): Generator<Batch> {
  yield* batches;
  if (draft.contested) throw contested;
}

/** As many batches as make up that length, and whether that was all. */
function firstOf(batches: Iterable<Batch>, length: number): { batches: Batch[]; all: boolean } {
  const found: Batch[] = [];
  let rest = length;
  for (const batch of batches) {
    found.push(batch);
    rest -= batch.lines.length;
    if (rest < 0) return { batches: found, all: false };
  }
  return { batches: found, all: true };
}

/** The same, but going on where a loop has left it, which would end a generator. */
function resumable<T>(iterator: Iterator<T>): Iterable<T> {
  const next = () => iterator.next();
  return { [Symbol.iterator]: () => ({ next }) };
}

/** Lists one after the other, going on in the same way. */
function chained<T>(...lists: readonly Iterable<T>[]): Iterable<T> {
  return resumable(
    (function* () {
      for (const list of lists) yield* list;
    })(),
  );
}

/** Short texts put together, to be carried out in fewer transactions. The last one stays whole. */
function* joined(texts: readonly string[]): Generator<string> {
  let all = '';
  for (const text of texts) {
    if (all !== '' && all.length + text.length > joinedLength) {
      yield all;
      all = '';
    }
    all += text;
  }
  yield all;
}

/** Characters; of chains a netlink message is some times as long as their text. */
const joinedLength = 20_000;

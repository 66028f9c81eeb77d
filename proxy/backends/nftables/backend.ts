import type { Family } from '../../../lib/ip.ts';
import type { NodeRecord } from '../../model/records.ts';
import type { Unit } from '../../model/unit.ts';
import type { Backend, Change, SyncResult } from '../backend.ts';
import { type AffinityRecord, affinityElements, readAffinity } from './affinity.ts';
import { applyInPieces, isTooLong } from './apply.ts';
import { Draft } from './draft.ts';
import type { Element } from './elements.ts';
import { classElements, type Growth, grownChains, noGrowth } from './grown-chains.ts';
import { createNft } from './nft.ts';
import type { NftablesOptions } from './options.ts';
import { draftTable, type Outline, outlineOfScript } from './outline.ts';
import { pruneAffinity } from './prune.ts';
import { listTable } from './read.ts';
import { mapElements, renderScript, scriptText } from './render.ts';
import { elementStatements } from './statements.ts';
import { mergeDeltas } from './table.ts';
import { block, wordsOf } from './text.ts';
import { compare } from './verify.ts';
import { beginning, elementTexts, ending } from './whole.ts';

/** Two names for the table: a big one is built under the free name while the other is live, and then they swap roles. */
export const tableNames = ['workshop-proxy', 'workshop-proxy-b'] as const;

/** A backend that keeps Services of one address family in an nftables table of their own. */
export function createNftablesBackend(family: Family, options: NftablesOptions): Backend {
  return new NftablesTable(family, options);
}

/** The text that would bring about these units from nothing: what `--dry-run` prints. Pure. */
export function renderTable(
  family: Family,
  options: NftablesOptions,
  node: NodeRecord,
  units: Iterable<Unit>,
): string {
  const draft = new Draft(family, options, node);
  const pieces = [...draft.filling([...units].sort((a, b) => (a.id < b.id ? -1 : 1)))];
  const bare = draft.bare(tableNames[0]);
  const elements = draft.contested ? draft.texts() : pieces;
  return [beginning(bare.options, []), ...elements, ending(bare)].join('');
}

class NftablesTable implements Backend {
  readonly #family: Family;
  readonly #options: NftablesOptions;
  readonly #ip: string;
  readonly #nft = createNft();
  #draft: Draft | undefined;
  #grown: Growth = noGrowth();
  #name: string = tableNames[0];
  /** How nft prints the table without elements, once that was needed. */
  #outline: { readonly script: string; readonly printed: Outline } | undefined;
  /** An endpoint that clients may be kept on has gone since affinity records were last looked through. */
  #stickyChanged = false;

  constructor(family: Family, options: NftablesOptions) {
    this.#family = family;
    this.#options = options;
    this.#ip = wordsOf(family).ip;
  }

  async sync(change: Change, signal?: AbortSignal): Promise<SyncResult> {
    try {
      return change.kind === 'full'
        ? await this.#replace(change, signal)
        : await this.#amend(change.gone, change.units, signal);
    } catch (error) {
      this.#draft = undefined;
      throw error;
    }
  }

  async settle(): Promise<void> {
    // There is nothing to look at: what to compare with does not come from the live table.
  }

  async verify(signal?: AbortSignal): Promise<string | undefined> {
    const draft = this.#draft;
    if (!draft) return undefined;
    const at = { ip: this.#ip, table: this.#name };
    const outline = await this.#outlineOf(draft, signal);
    const wanted = draft.elements();
    const classes = classElements(draft.allocator.classes);
    const difference = await compare(at, outline, new Map([...wanted, ['classes', classes]]), signal);
    if (difference === undefined && this.#stickyChanged) {
      this.#stickyChanged = false;
      await pruneAffinity(at, wanted.get('sticky-endpoints') ?? [], signal);
    }
    return difference;
  }

  async #outlineOf(draft: Draft, signal?: AbortSignal): Promise<Outline> {
    const script = renderScript(draft.bare(draftTable), []);
    const text = scriptText(script);
    if (this.#outline?.script !== text) {
      this.#outline = { script: text, printed: await outlineOfScript(this.#ip, script, signal) };
    }
    return this.#outline.printed;
  }

  async #replace({ node, units, count }: FullChange, signal?: AbortSignal): Promise<SyncResult> {
    const draft = new Draft(this.#family, this.#options, node);
    const records = this.#readAffinity(signal);
    // It may fail before anybody waits for it.
    records.catch(() => {});
    const affinity = async () => affinityElements(await records, draft.sticky, draft.allocator);
    const pieces = draft.filling(units);
    const whole = await this.#installWhole({ draft, pieces, affinity, count }, signal);
    // Whatever of it nobody has asked for.
    for (const _ of pieces);
    if (!whole) this.#name = await this.#installInPieces(draft, await affinity(), signal);
    this.#draft = draft;
    this.#grown = draft.growth();
    return { written: draft.units };
  }

  async #readAffinity(signal?: AbortSignal): Promise<AffinityRecord[]> {
    const all = await Promise.all(tableNames.map((table) => readAffinity(this.#ip, table, signal)));
    return all.flat();
  }

  /** In one transaction, while the draft is being filled. Resolves with false when that would be too long a message. */
  async #installWhole({ draft, pieces, affinity, count }: Whole, signal?: AbortSignal): Promise<boolean> {
    const other = this.#name === tableNames[0] ? tableNames[1] : tableNames[0];
    const most = this.#options.maxElements ?? oneTransaction;
    const bare = () => draft.bare(this.#name);
    const text = async function* (elements: Iterable<string>) {
      yield beginning(bare().options, [other]);
      // Not by for … of, which would end the filling when it is left early.
      const iterator = elements[Symbol.iterator]();
      for (let next = iterator.next(); !next.done; next = iterator.next()) {
        if (draft.size > most) throw tooLong;
        yield next.value;
      }
      if (draft.contested && elements === pieces) throw contested;
      yield* elementTexts(draft.family, [await affinity()]);
      yield ending(bare());
    };
    const send = (elements: Iterable<string>) =>
      this.#nft.send(text(elements), { long: isLong(count) }, signal);
    try {
      await send(pieces).catch((error: unknown) => {
        if (error !== contested) throw error;
        return send(draft.texts());
      });
      return true;
    } catch (error) {
      if (error === tooLong || isTooLong(error)) return false;
      throw error;
    }
  }

  /** Under the other name, piece by piece. Resolves with that name. */
  async #installInPieces(draft: Draft, affinity: readonly Element[], signal?: AbortSignal): Promise<string> {
    // What is live now has either name when an earlier run made it; the free one is found by looking.
    const free = await this.#freeName(signal);
    const live = free === tableNames[0] ? tableNames[1] : tableNames[0];
    await applyInPieces(renderScript(draft.desired(free, affinity), [live]), signal);
    return free;
  }

  async #freeName(signal?: AbortSignal): Promise<string> {
    const objects = await listTable(this.#ip, tableNames[0], { terse: true, signal });
    const live = objects?.some((object) => object['chain']?.['hook'] !== undefined) ?? false;
    return live ? tableNames[1] : tableNames[0];
  }

  async #amend(gone: readonly string[], units: readonly Unit[], signal?: AbortSignal): Promise<SyncResult> {
    const draft = this.#draft;
    if (!draft) throw new Error('the first sync of a table must be a full one');
    const deltas = [...gone.map((id) => draft.drop(id)), ...units.map((unit) => draft.put(unit))];
    const { remove, add } = mergeDeltas(deltas);
    this.#stickyChanged ||= remove.some(({ set }) => set === 'sticky-endpoints');
    const growth = draft.growth();
    const at = { ip: this.#ip, table: this.#name };
    const grown = grownChains(this.#grown, growth, draft.allocator.classes, {
      ip: this.#ip,
      scheduler: this.#options.scheduler,
    });
    const text = [
      block(at.ip, at.table, grown.chains),
      mapElements(at, 'classes', grown.classElements),
      elementStatements('delete', at, remove),
      elementStatements('add', at, add),
    ].join('');
    await this.#nft.run(text, signal);
    this.#grown = growth;
    return { written: remove.length + add.length };
  }

  async close(): Promise<void> {
    this.#nft.close();
  }
}

type FullChange = Extract<Change, { kind: 'full' }>;

interface Whole {
  readonly draft: Draft;
  readonly pieces: Iterable<string>;
  readonly affinity: () => Promise<Element[]>;
  readonly count: number | undefined;
}

/** The text that was sent is not the right one, since units were found to want the same key. */
const contested = new Error('the text has to be made again');
const tooLong = new Error('the text is too long for one transaction');

/** Whether a text for so many units is certainly longer than what a pipe holds. */
function isLong(count = 0): boolean {
  return count >= 2000;
}

/** Beyond so many elements, memory of `nft` matters more than a single transaction: build it in pieces. */
const oneTransaction = 400_000;

import type { Family } from '../../../lib/ip.ts';
import type { NodeRecord } from '../../model/records.ts';
import type { Unit } from '../../model/unit.ts';
import type { Backend, Change, SyncResult } from '../backend.ts';
import { type AffinityRecord, affinityElements, readAffinity } from './affinity.ts';
import { Draft } from './draft.ts';
import { classElements, type Growth, grownChains, noGrowth } from './grown-chains.ts';
import { install, type Place, wholeText } from './install.ts';
import { createNft } from './nft.ts';
import type { NftablesOptions } from './options.ts';
import { draftTable, type Outline, outlineOfTexts } from './outline.ts';
import { pruneAffinity } from './prune.ts';
import { hasChain } from './read.ts';
import { commit, foundation, superstructure } from './render.ts';
import { elementStatements } from './statements.ts';
import { mergeDeltas } from './table.ts';
import { type At, block, wordsOf } from './text.ts';
import { compare } from './verify.ts';

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
  const batches = [...draft.filling([...units].sort((a, b) => (a.id < b.id ? -1 : 1)))];
  return wholeText(draft, { made: tableNames[0], replaced: [] }, batches);
}

class NftablesTable implements Backend {
  readonly #family: Family;
  readonly #options: NftablesOptions;
  readonly #ip: string;
  readonly #nft = createNft();
  #draft: Draft | undefined;
  #grown: Growth = noGrowth();
  /** The live table: what this backend wrote last, or an earlier run of this program. */
  #table: string | undefined;
  readonly #found: Promise<string | undefined>;
  /** How nft prints the table without elements, once that was needed. */
  #outline: { readonly script: string; readonly printed: Outline } | undefined;
  /** An endpoint that clients may be kept on has gone since affinity records were last looked through. */
  #stickyChanged = false;

  constructor(family: Family, options: NftablesOptions) {
    this.#family = family;
    this.#options = options;
    this.#ip = wordsOf(family).ip;
    // At once: it will be known when the first Services are.
    this.#found = findTable(this.#ip);
    this.#found.catch(() => {});
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
    const at = this.#at;
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
    const desired = draft.desired(draftTable);
    const texts = [foundation(desired.options), ...superstructure(desired), commit(desired.options, [])];
    const script = texts.join('');
    if (this.#outline?.script !== script) {
      this.#outline = { script, printed: await outlineOfTexts(this.#ip, texts, signal) };
    }
    return this.#outline.printed;
  }

  async #replace({ node, units }: FullChange, signal?: AbortSignal): Promise<SyncResult> {
    const draft = new Draft(this.#family, this.#options, node);
    const records = this.#readAffinity(signal);
    const affinity = async () => affinityElements(await records, draft.sticky, draft.allocator);
    const place = this.#place(signal);
    // They may fail before anybody waits for them.
    for (const early of [records, place]) early.catch(() => {});
    this.#table = await install(this.#nft, { draft, units, affinity, place }, signal);
    this.#draft = draft;
    this.#grown = draft.growth();
    return { written: draft.units };
  }

  async #place(signal?: AbortSignal): Promise<Place> {
    const live = await this.#live(signal);
    const names = live === tableNames[1] ? ([tableNames[1], tableNames[0]] as const) : tableNames;
    return { names, isLive: live !== undefined };
  }

  async #live(signal?: AbortSignal): Promise<string | undefined> {
    return this.#table ?? (await this.#found.catch(() => findTable(this.#ip, signal)));
  }

  get #at(): At {
    return { ip: this.#ip, table: this.#table ?? tableNames[0] };
  }

  async #readAffinity(signal?: AbortSignal): Promise<AffinityRecord[]> {
    const live = await this.#live(signal);
    return live === undefined ? [] : await readAffinity(this.#ip, live, signal);
  }

  async #amend(gone: readonly string[], units: readonly Unit[], signal?: AbortSignal): Promise<SyncResult> {
    const draft = this.#draft;
    if (!draft) throw new Error('the first sync of a table must be a full one');
    const deltas = [...gone.map((id) => draft.drop(id)), ...units.map((unit) => draft.put(unit))];
    const { remove, add } = mergeDeltas(deltas);
    this.#stickyChanged ||= remove.some(({ set }) => set === 'sticky-endpoints');
    const growth = draft.growth();
    const at = this.#at;
    const grown = grownChains(this.#grown, growth, draft.allocator.classes, {
      ip: this.#ip,
      scheduler: this.#options.scheduler,
    });
    const text = [
      block(at.ip, at.table, grown.chains),
      elementStatements('add', at, grown.elements),
      elementStatements('delete', at, remove),
      elementStatements('add', at, add),
    ].join('');
    await this.#nft.run(text, signal);
    this.#grown = growth;
    return { written: remove.length + add.length, removed: remove.length };
  }

  async close(): Promise<void> {
    this.#nft.close();
  }
}

/** The one that is live when an earlier run of this program made it. */
async function findTable(ip: string, signal?: AbortSignal): Promise<string | undefined> {
  const hooked = tableNames.map((table) => hasChain({ ip, table, chain: 'nat-prerouting' }, signal));
  const found = await Promise.all(hooked);
  return tableNames.find((_, i) => found[i]);
}

type FullChange = Extract<Change, { kind: 'full' }>;

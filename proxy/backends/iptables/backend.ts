import { readFile, writeFile } from 'node:fs/promises';
import { ExecError } from '../../../lib/exec.ts';
import type { Family } from '../../../lib/ip.ts';
import type { NodeRecord } from '../../model/records.ts';
import type { Unit } from '../../model/unit.ts';
import type { Backend, Change, SyncResult } from '../backend.ts';
import { backendOf, isTooLong, restore, type Tool } from './apply.ts';
import { Ledger } from './ledger.ts';
import type { IptablesOptions, Place } from './options.ts';
import { planFor } from './plan.ts';
import { readAll } from './read.ts';
import { type Desired, desiredOf, renderSteps } from './render.ts';
import { deltaSteps, type Step } from './steps.ts';
import { compareAll, compareJumps } from './verify.ts';

/** A backend that keeps Services of one address family in iptables' rules, laid out as kube-proxy does. */
export function createIptablesBackend(family: Family, options: IptablesOptions): Backend {
  return new IptablesRules(family, options);
}

class IptablesRules implements Backend {
  readonly #tool: Tool;
  readonly #options: IptablesOptions;
  #state: { readonly ledger: Ledger; readonly place: Place } | undefined;
  /** Lines in one block of rules: smaller ones where the kernel or the program asks for it. */
  #blockSize: number | undefined;
  /** What iptables prints is what we wrote, so that the two can be compared. */
  #comparable: boolean | undefined;
  #verified = 0;

  constructor(family: Family, options: IptablesOptions) {
    this.#tool = { family, variant: options.variant };
    this.#options = options;
  }

  async sync(change: Change, signal?: AbortSignal): Promise<SyncResult> {
    try {
      return change.kind === 'full'
        ? await this.#replace(change.node, [...change.units], signal)
        : await this.#amend(change.gone, change.units, signal);
    } catch (error) {
      this.#state = undefined;
      throw error;
    }
  }

  async settle(signal?: AbortSignal): Promise<void> {
    if (this.#comparable !== undefined || !this.#state) return;
    const desired = this.#desired();
    this.#comparable =
      sizeOf(desired) > quicklyRead || (await compareAll(this.#tool, desired, signal)) === undefined;
  }

  async verify(signal?: AbortSignal): Promise<string | undefined> {
    if (!this.#state) return undefined;
    const desired = this.#desired();
    const every = sizeOf(desired) > quicklyRead ? fullVerifyEvery : 1;
    if (this.#comparable && this.#verified++ % every === every - 1) {
      return await compareAll(this.#tool, desired, signal);
    }
    return await compareJumps(this.#tool, desired, signal);
  }

  #desired(): Desired {
    if (!this.#state) throw new Error('the first sync must be a full one');
    return desiredOf(this.#state.ledger, this.#state.place);
  }

  /** Reads what is there and changes what differs: chains that stay keep their counters, and clients their endpoints. */
  async #replace(node: NodeRecord, units: readonly Unit[], signal?: AbortSignal): Promise<SyncResult> {
    const place = {
      family: this.#tool.family,
      options: this.#options,
      node,
      tcpBeLiberal: await isLiberal(),
    };
    const ledger = new Ledger(place);
    ledger.change([], inOrder(units));
    const desired = desiredOf(ledger, place);
    if (this.#options.localhostNodePorts && place.family === 'IPv4') await routeLocalnet();
    for (;;) {
      const { steps, stale } = planFor(desired, await readAll(this.#tool, signal));
      try {
        await this.#apply(steps, signal);
        await this.#sweep(stale, signal);
        this.#state = { ledger, place };
        return { written: steps.length + stale.length };
      } catch (error) {
        const size = this.#blockSize ?? 0;
        if (!isTooLong(error) || size <= 1) throw error;
        this.#blockSize = Math.ceil(size / 4);
      }
    }
  }

  async #amend(gone: readonly string[], units: readonly Unit[], signal?: AbortSignal): Promise<SyncResult> {
    if (!this.#state) throw new Error('the first sync must be a full one');
    const steps = deltaSteps(this.#state.ledger.change(gone, units));
    await this.#apply(steps, signal);
    return { written: steps.length };
  }

  async #apply(steps: readonly Step[], signal?: AbortSignal): Promise<void> {
    this.#blockSize ??= (await backendOf(this.#tool, signal)) === 'nft' ? nftBlock : Number.POSITIVE_INFINITY;
    await restore(this.#tool, renderSteps(steps, this.#blockSize, this.#blockSize < nftBlock), signal);
  }

  /** Chains of an earlier run. One that somebody else's rule leads to cannot go, and must not keep the rest from working. */
  async #sweep(stale: readonly Step[], signal?: AbortSignal): Promise<void> {
    await this.#apply(stale, signal).catch((error: unknown) => {
      if (!(error instanceof ExecError) || error.kind !== 'failed') throw error;
    });
  }
}

/** iptables-nft 1.8 needs time quadratic in the number of chains of a block: 20,000 in one take minutes, in pieces a second or two. */
const nftBlock = 2000;

/** Reading so many rules takes iptables-nft about half a second. */
const quicklyRead = 20_000;
const fullVerifyEvery = 20;

function sizeOf({ service, shared }: Desired): number {
  const own = service.reduce((sum, [, rules]) => sum + rules.length + 1, 0);
  return shared.reduce((sum, { rules }) => sum + rules.length, own);
}

/** In an order that does not depend on that of the events. */
function inOrder(units: readonly Unit[]): Unit[] {
  return [...units].sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function isLiberal(): Promise<boolean> {
  const text = await readFile('/proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal', 'utf8').catch(() => '0');
  return text.trim() !== '0';
}

/** Lets the kernel route packets from 127.0.0.0/8 to other hosts, once they are translated. */
async function routeLocalnet(): Promise<void> {
  await writeFile('/proc/sys/net/ipv4/conf/all/route_localnet', '1');
}

import { messageOf } from '../../../lib/errors.ts';
import { contains, type Family, familyOf, parseLooseCidr } from '../../../lib/ip.ts';
import type { NodeRecord } from '../../model/records.ts';
import type { Unit } from '../../model/unit.ts';
import type { Backend, Change, SyncResult } from '../backend.ts';
import { applyScript, applyTransaction } from './apply.ts';
import { createBudget, socketsAllowed } from './budget.ts';
import { createDoors, type Doors } from './doors.ts';
import { type Contents, contentsFor } from './elements.ts';
import { type Matches, matchesFor, type UserspaceOptions } from './options.ts';
import { readTable } from './read.ts';
import { countOf, renderDifference, renderTable, scriptText, wordOf } from './render.ts';
import { compare } from './verify.ts';

/**
 * A backend that carries the bytes itself (kube-proxy's first mode): a listening socket for each Service port, to which a small
 * nftables table redirects the Service's addresses. Endpoints see the node as their client. SCTP is refused.
 */
export function createUserspaceBackend(
  family: Family,
  options: UserspaceOptions,
): Backend & Required<Pick<Backend, 'close' | 'servers'>> {
  return new UserspaceProxy(family, options);
}

/**
 * The text that would lead the addresses of these units to proxy ports from 1 on: real ones are known only when their sockets are
 * open. What `--dry-run` prints. Pure, but for the look at this node's interfaces.
 */
export function renderUserspaceTable(
  family: Family,
  options: UserspaceOptions,
  node: NodeRecord,
  units: Iterable<Unit>,
): string {
  const list = sorted(units).filter(({ protocol }) => protocol !== 'SCTP');
  const numbers = new Map(list.map(({ id }, i) => [id, 2 * i + 1]));
  const portsOf = ({ id }: Unit) => ({ cluster: numbers.get(id), local: (numbers.get(id) ?? 0) + 1 });
  const contents = contentsFor(list, portsOf, addressesOf(family, options, node));
  return scriptText(renderTable(matchesFor(family, options, node), contents));
}

class UserspaceProxy implements Backend {
  readonly #family: Family;
  readonly #options: UserspaceOptions;
  readonly #doors: Doors;
  readonly #units = new Map<string, Unit>();
  #node: NodeRecord | undefined;
  #matches: Matches | undefined;
  #contents: Contents = new Map();
  #baseline: ReadonlySet<string> | undefined;

  constructor(family: Family, options: UserspaceOptions) {
    this.#family = family;
    this.#options = options;
    const most = options.maxConnections === undefined ? socketsAllowed() : 2 * options.maxConnections;
    this.#doors = createDoors(options, createBudget(most));
  }

  async sync(change: Change, signal?: AbortSignal): Promise<SyncResult> {
    if (change.kind === 'full') {
      this.#units.clear();
      this.#node = change.node;
    } else if (!this.#matches) throw new Error('the first sync of a table must be a full one');
    else for (const id of change.gone) this.#units.delete(id);
    const touched = [...change.units];
    for (const unit of touched) this.#units.set(unit.id, unit);
    const matches = change.kind === 'full' ? this.#newMatches() : this.#matches;
    if (!matches) throw new Error('no matches');
    const failures = await this.#openAll(touched, matches);
    const written = await this.#write(matches, change.kind === 'full', signal);
    this.#doors.keepOnly(this.#units);
    const [failure] = failures;
    if (failure) {
      this.#matches = undefined;
      throw failure;
    }
    return { written };
  }

  settle(signal?: AbortSignal): Promise<void> {
    return this.#takeBaseline(signal);
  }

  async verify(signal?: AbortSignal): Promise<string | undefined> {
    this.#doors.sweep(performance.now());
    if (!this.#baseline || !this.#matches) return undefined;
    return compare(await readTable(wordOf(this.#matches), signal), this.#baseline, this.#contents);
  }

  /** Without it, each change of endpoints would cut healthy clients off from the answers that are on their way to them. */
  servers(unit: Unit): readonly string[] {
    const { cluster, local } = this.#doors.ports(unit);
    const host = this.#matches?.redirectTo;
    if (host === undefined) return [];
    return [cluster, local].flatMap((port) => (port === undefined ? [] : [`${host}:${port}`]));
  }

  close({ now }: { now: boolean } = { now: false }): Promise<void> {
    this.#doors.close({ now });
    this.#matches = undefined;
    this.#units.clear();
    return Promise.resolve();
  }

  #newMatches(): Matches {
    if (!this.#node) throw new Error('no node');
    return matchesFor(this.#family, this.#options, this.#node);
  }

  /** Sockets first, so that no rule ever leads where nobody listens. A unit without its socket is refused until the next try. */
  async #openAll(units: readonly Unit[], { redirectTo }: Matches): Promise<unknown[]> {
    const host = redirectTo ?? (this.#family === 'IPv4' ? '0.0.0.0' : '::');
    const failures: unknown[] = [];
    for (const unit of sorted(units)) {
      if (unit.protocol === 'SCTP') this.#refuse(unit);
      await this.#doors.open(unit, host).catch((error: unknown) => {
        this.#options.log.error('no socket for a Service port', { unit: unit.id, error: messageOf(error) });
        failures.push(error);
      });
    }
    return failures;
  }

  #refuse({ id }: Unit): void {
    this.#options.log.warn('userspace mode cannot carry SCTP, clients are refused', { unit: id });
  }

  async #write(matches: Matches, full: boolean, signal?: AbortSignal): Promise<number> {
    if (!this.#node) throw new Error('no node');
    const addresses = addressesOf(this.#family, this.#options, this.#node);
    const contents = contentsFor(this.#units.values(), (unit) => this.#doors.ports(unit), addresses);
    const before = this.#contents;
    this.#matches = undefined;
    if (full) {
      this.#baseline = undefined;
      await applyScript(renderTable(matches, contents), signal);
    } else await applyTransaction(renderDifference(matches, before, contents), signal);
    this.#contents = contents;
    this.#matches = matches;
    return full ? countOf(contents) : Math.abs(countOf(contents) - countOf(before));
  }

  async #takeBaseline(signal?: AbortSignal): Promise<void> {
    if (this.#baseline || !this.#matches) return;
    this.#baseline = (await readTable(wordOf(this.#matches), signal))?.objects;
  }
}

function addressesOf(family: Family, { nodePortCidrs }: UserspaceOptions, node: NodeRecord) {
  const nodeIps = node.addresses.filter((address) => familyOf(address) === family);
  const nodePortIps =
    nodePortCidrs === 'primary'
      ? nodeIps.slice(0, 1)
      : nodeIps.filter((ip) => nodePortCidrs.some((cidr) => contains(parseLooseCidr(cidr), ip)));
  return { nodeIps, nodePortIps };
}

function sorted(units: Iterable<Unit>): Unit[] {
  return [...units].sort((a, b) => (a.id < b.id ? -1 : 1));
}

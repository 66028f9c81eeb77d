import { WorkshopError } from '../../../lib/errors.ts';
import type { Family } from '../../../lib/ip.ts';
import type { NodeRecord } from '../../model/records.ts';
import type { Unit } from '../../model/unit.ts';
import type { Backend, Change, SyncResult } from '../backend.ts';
import { applySteps } from './apply.ts';
import { claimsOf } from './claims.ts';
import { countSteps, type Kernel, type Steps, stepsFor } from './diff.ts';
import { drainSteps } from './drain.ts';
import { Marks, markRange } from './marks.ts';
import { defaultMasqueradeBit, type IpvsOptions, nodePortAddresses, type Place } from './options.ts';
import { prepare } from './prepare.ts';
import { readAddresses, readRules, readServers } from './read.ts';
import { renderRules } from './rules.ts';
import { kernelOf, registersOf, type Snapshot, takeSnapshot } from './snapshot.ts';
import { entryLine, selector } from './text.ts';
import { compareObjects, compareRegisters, compareRules, ourRules } from './verify.ts';
import { type Delta, Wanted } from './wanted.ts';

/**
 * A backend that keeps Services of one address family as virtual servers of the kernel's IPVS. It takes up what an earlier one left:
 * with another scheduler, virtual servers are edited, and connections stay where they are. Throws WorkshopError `usage`.
 */
export function createIpvsBackend(family: Family, options: IpvsOptions): Backend {
  const bit = options.masqueradeBit ?? defaultMasqueradeBit;
  if (2 ** bit <= markRange.last) {
    throw new WorkshopError(
      'usage',
      `could not use bit ${bit} for masquerading: mode ipvs numbers Services with bits 0 to 13`,
      {
        advice: `bit ${defaultMasqueradeBit}`,
      },
    );
  }
  return new IpvsTable(family, options);
}

/** What a full sync makes: what is wanted, and the record of what the kernel has. */
interface State {
  readonly place: Place;
  /** All units by id. */
  readonly units: Map<string, Unit>;
  readonly wanted: Wanted;
  readonly marks: Marks;
  readonly kernel: Kernel;
}

class IpvsTable implements Backend {
  readonly #family: Family;
  readonly #options: IpvsOptions;
  #state: State | undefined;
  /** Our rules as they are printed after they were written; undefined until somebody looked. */
  #rules: readonly string[] | undefined;

  constructor(family: Family, options: IpvsOptions) {
    this.#family = family;
    this.#options = options;
  }

  async sync(change: Change, signal?: AbortSignal): Promise<SyncResult> {
    const state = this.#state;
    // Until it has succeeded, nobody knows what is there.
    this.#state = undefined;
    if (change.kind === 'full') return await this.#replace(change.node, [...change.units], signal);
    if (!state) throw new Error('the first sync of virtual servers must be a full one');
    return await this.#amend(state, change.gone, change.units, signal);
  }

  async settle(signal?: AbortSignal): Promise<void> {
    if (this.#state) await this.#drain(this.#state, signal);
    this.#rules ??= ourRules(await readRules(this.#family, signal));
  }

  async verify(signal?: AbortSignal): Promise<string | undefined> {
    const state = this.#state;
    if (!state) return undefined;
    await this.settle(signal);
    const snapshot = await takeSnapshot(this.#family, signal);
    const now = { ...state.place, ownAddresses: snapshot.addresses.own };
    if (!opensAlike(this.#options, state.place, now)) return 'changed: the addresses for node ports';
    const seen = kernelOf(snapshot, this.#options);
    return (
      compareObjects(state.kernel, seen) ??
      compareRegisters(state.kernel, snapshot.sets) ??
      compareRules(this.#rules ?? [], ourRules(await readRules(this.#family, signal)))
    );
  }

  async #replace(node: NodeRecord, units: readonly Unit[], signal?: AbortSignal): Promise<SyncResult> {
    const { bound } = await readAddresses(this.#family, signal);
    await prepare(this.#family, this.#options, bound !== undefined, signal);
    const snapshot = await takeSnapshot(this.#family, signal);
    const place = { family: this.#family, node, ownAddresses: snapshot.addresses.own };
    const state = this.#desire(units, place, snapshot);
    const delta: Delta = new Map([...state.kernel.objects.keys()].map((id) => [id, undefined]));
    for (const [id, object] of state.wanted.objects()) delta.set(id, object);
    const steps = stepsFor(delta, state.kernel, this.#family);
    const written = countSteps(steps);
    this.#mendRegisters(steps, state.kernel, snapshot);
    const rules = renderRules(this.#options, place, await readRules(this.#family, signal));
    await applySteps(steps, this.#family, rules, signal);
    this.#rules = undefined;
    this.#state = state;
    return { written };
  }

  /** Units keep the marks that an earlier run gave to their doors. */
  #desire(units: readonly Unit[], place: Place, snapshot: Snapshot): State {
    const kernel = kernelOf(snapshot, this.#options);
    const before = snapshot.sets.get('MARKS') ?? new Map<string, number | undefined>();
    const marks = new Marks(inRange([...before.values()]));
    const byId = new Map(units.map((unit) => [unit.id, unit]));
    const state = { place, units: byId, wanted: new Wanted(), marks, kernel };
    const local = units.filter(({ external }) => external === 'local');
    for (const unit of local) {
      const door = claimsOf(unit, this.#options, place, 0)
        .flatMap(({ objects }) => objects)
        .find((object) => object.kind === 'entry' && object.set === 'MARKS' && before.has(object.element));
      const mark = door?.kind === 'entry' ? before.get(door.element) : undefined;
      if (mark !== undefined) marks.assign(unit.id, mark);
    }
    for (const unit of units) state.wanted.put(unit.id, this.#claims(unit, state));
    return state;
  }

  #claims(unit: Unit, { place, marks }: State) {
    if (unit.external !== 'local') marks.release(unit.id);
    return claimsOf(unit, this.#options, place, unit.external === 'local' ? marks.of(unit.id) : 0);
  }

  #mendRegisters(steps: Steps, kernel: Kernel, { sets }: Snapshot): void {
    for (const [set, wanted] of registersOf(kernel)) {
      const seen = sets.get(set) ?? new Map<string, unknown>();
      for (const element of wanted) {
        if (!seen.has(element)) steps.before.push(entryLine('add', this.#family, { set, element }));
      }
      for (const element of seen.keys()) {
        if (!wanted.has(element)) steps.after.push(entryLine('del', this.#family, { set, element }));
      }
    }
  }

  async #amend(
    state: State,
    gone: readonly string[],
    units: readonly Unit[],
    signal?: AbortSignal,
  ): Promise<SyncResult> {
    for (const id of gone) state.units.delete(id);
    for (const unit of units) state.units.set(unit.id, unit);
    if (await this.#opensElsewhere(state, signal))
      return await this.#replace(state.place.node, [...state.units.values()], signal);
    const delta: Delta = new Map();
    const put = (id: string, claims: Parameters<Wanted['put']>[1]) => {
      for (const [key, object] of state.wanted.put(id, claims)) delta.set(key, object);
    };
    for (const id of gone) {
      put(id, []);
      state.marks.release(id);
    }
    for (const unit of units) put(unit.id, this.#claims(unit, state));
    const steps = stepsFor(delta, state.kernel, this.#family);
    await applySteps(steps, this.#family, '', signal);
    this.#state = state;
    return { written: countSteps(steps) };
  }

  /** Whether node ports are open on other addresses than were found at the last full sync. Asked with every change, as kube-proxy does. */
  async #opensElsewhere({ place }: State, signal?: AbortSignal): Promise<boolean> {
    if (this.#options.nodePortCidrs === 'primary') return false;
    const { own } = await readAddresses(this.#family, signal);
    return !opensAlike(this.#options, place, { ...place, ownAddresses: own });
  }

  /** Takes away what has no connections left. */
  async #drain(state: State, signal?: AbortSignal): Promise<void> {
    const { draining } = state.kernel;
    if (draining.size === 0) return;
    const [only] = draining.values();
    const narrow = draining.size === 1 && only ? selector(only).split(' ') : undefined;
    const seen = await readServers(this.#family, signal, narrow);
    const steps = drainSteps(state.kernel, seen, (id) => state.wanted.has(id), this.#family);
    if (countSteps(steps) === 0) return;
    this.#state = undefined;
    await applySteps(steps, this.#family, '', signal);
    this.#state = state;
  }
}

/** Whether node ports are open on the same addresses in both. */
function opensAlike(options: IpvsOptions, ...places: [Place, Place]): boolean {
  const [one, other] = places.map((place) => nodePortAddresses(options, place).toSorted().join());
  return one === other;
}

function inRange(marks: readonly (number | undefined)[]): number[] {
  return marks.flatMap((mark) =>
    mark !== undefined && mark >= markRange.first && mark <= markRange.last ? [mark] : [],
  );
}

/** The text that would bring about these units from nothing: what `--dry-run` prints. Pure. */
export function renderIpvs(place: Place, options: IpvsOptions, units: Iterable<Unit>): string {
  const wanted = new Wanted();
  const marks = new Marks();
  for (const unit of units)
    wanted.put(unit.id, claimsOf(unit, options, place, unit.external === 'local' ? marks.of(unit.id) : 0));
  const kernel = { objects: new Map(), draining: new Map() };
  const steps = stepsFor(new Map(wanted.objects()), kernel, place.family);
  return [
    ['# ipset restore', ...steps.before],
    ['# ipvsadm -R', ...steps.marked],
    ['# ipset restore', ...steps.marks],
    ['# ipvsadm -R', ...steps.servers],
    [
      `# ${place.family === 'IPv6' ? 'ip6' : 'ip'}tables-restore --noflush`,
      renderRules(options, place, '').trim(),
    ],
    ['# ip -batch -', ...steps.addresses],
  ]
    .map((part) => `${part.join('\n')}\n`)
    .join('\n');
}

import { contains, type Family, familyOf, parseLooseCidr } from '../../../lib/ip.ts';
import type { NodeRecord } from '../../model/records.ts';
import type { Unit } from '../../model/unit.ts';
import { Allocator } from './allocator.ts';
import { type Element, elementsOf, leadsToRecorder, recordersOf } from './elements.ts';
import { type Growth, growthFor } from './grown-chains.ts';
import { type NftablesOptions, skeletonOptions } from './options.ts';
import type { Desired } from './render.ts';
import { type Batch, inBatches } from './statements.ts';
import type { Recorder } from './sticky-chains.ts';
import { Table } from './table.ts';

/** A table in the making or made: what it should hold, and the numbers behind it. */
export class Draft {
  readonly table = new Table();
  readonly allocator: Allocator;
  readonly family: Family;
  readonly options: NftablesOptions;
  readonly node: NodeRecord;
  readonly nodeIps: readonly string[];
  readonly recorders = new Map<string, Recorder>();
  /** Of the first filling: the units with affinity, their elements that lead to chains of recorders, and the number of all units. */
  readonly sticky: Unit[] = [];
  readonly leading: Element[] = [];
  units = 0;

  constructor(family: Family, options: NftablesOptions, node: NodeRecord) {
    this.family = family;
    this.options = options;
    this.node = node;
    this.nodeIps = node.addresses.filter((address) => familyOf(address) === family);
    this.allocator = new Allocator(options.scheduler);
  }

  /**
   * The first filling. Yields the elements as they come together, but for those that lead to recorders; not what it should be if
   * `contested` is true in the end.
   */
  filling(units: Iterable<Unit>): Generator<Batch> {
    return inBatches(this.#load(units));
  }

  *#load(units: Iterable<Unit>): Generator<readonly Element[]> {
    for (const unit of units) {
      const make = () => this.#elements(unit);
      const elements = this.table.load(unit.id, make(), make);
      this.units++;
      yield unit.affinitySeconds === undefined ? elements : this.#withoutLeading(unit, elements);
    }
    yield this.#nodeIps();
  }

  #withoutLeading(unit: Unit, elements: readonly Element[]): Element[] {
    this.sticky.push(unit);
    this.leading.push(...elements.filter(({ set }) => leadsToRecorder(set)));
    return elements.filter(({ set }) => !leadsToRecorder(set));
  }

  /** The same again, from what is known when all is filled. */
  batches(): Generator<Batch> {
    const lists = [...this.elements()].flatMap(([set, list]) => (leadsToRecorder(set) ? [] : [list]));
    return inBatches(lists);
  }

  get contested(): boolean {
    return this.table.contested;
  }

  put(unit: Unit) {
    this.table.keep(unit.id);
    return this.table.put(unit.id, this.#elements(unit));
  }

  #elements(unit: Unit): Element[] {
    const elements = elementsOf(unit, this.allocator, this.nodeIps);
    if (unit.affinitySeconds === undefined) return elements;
    for (const { recorder } of recordersOf(unit, this.allocator))
      this.recorders.set(recorder.suffix, recorder);
    return elements;
  }

  drop(id: string) {
    const delta = this.table.put(id, []);
    this.allocator.release(id);
    return delta;
  }

  growth(): Growth {
    return growthFor(this.allocator.classes, this.recorders);
  }

  /** The elements that should be in the kernel, but for affinity records. */
  elements(): Map<string, readonly Element[]> {
    return new Map<string, readonly Element[]>([...this.table.all(), ['node-ips', this.#nodeIps()]]);
  }

  #nodeIps(): Element[] {
    return primary(this.nodeIps, this.options.nodePortCidrs).map((key) => ({ set: 'node-ips', key }));
  }

  /** The table but for its elements: chains, sets and maps. */
  desired(table: string): Desired {
    return {
      options: skeletonOptions(this.family, table, this.options, this.node),
      scheduler: this.options.scheduler,
      classes: this.allocator.classes,
      growth: this.growth(),
    };
  }
}

/** Node ports are open on the node's first address of the family, unless networks were named (nftables mode's default). */
function primary(nodeIps: readonly string[], cidrs: readonly string[] | 'primary'): readonly string[] {
  if (cidrs === 'primary') return nodeIps.slice(0, 1);
  return nodeIps.filter((address) => cidrs.some((cidr) => contains(parseLooseCidr(cidr), address)));
}

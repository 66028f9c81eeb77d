import type { Class } from './allocator.ts';
import type { Element } from './elements.ts';
import { bits, classBits, hex, slotBits } from './layout.ts';
import { type Recorder, recorderChains, recorderMap, transport } from './sticky-chains.ts';
import { chain } from './text.ts';

/** How far the table has grown: what is in it beyond the skeleton. Chains are only ever added; a full sync starts anew. */
export interface Growth {
  slots: number;
  stickySlots: number;
  classes: number;
  recorders: ReadonlyMap<string, Recorder>;
}

export function noGrowth(): Growth {
  return { slots: 0, stickySlots: 0, classes: 0, recorders: new Map() };
}

/** The chains that `to` has and `from` has not, and the elements that lead to them. Pure. */
export function grownChains(
  from: Growth,
  to: Growth,
  classes: readonly Class[],
  { ip, scheduler }: { ip: string; scheduler: 'rr' | 'random' },
): { chains: string[]; elements: Element[] } {
  const fresh = classes.slice(from.classes, to.classes);
  const recorders = [...to.recorders.values()].filter(({ suffix }) => !from.recorders.has(suffix));
  // A recorder for another timeout of the same list shares its map; declaring a map twice is allowed.
  const maps = new Map(recorders.filter(({ ownMap }) => ownMap).map((one) => [one.map, recorderMap(one)]));
  return {
    chains: [
      ...maps.values(),
      ...range(from.slots, to.slots).map((slot) => slotChain(slot, ip)),
      ...range(from.stickySlots, to.stickySlots).map(stickySlotChain),
      ...recorders.flatMap(recorderChains),
      ...fresh.filter(({ size }) => size > 1).map((one) => classChain(one, scheduler)),
    ],
    elements: fresh.map(classElement),
  };
}

/** What map `classes` holds for these, and for the class that stands for "drop". Pure. */
export function classElements(classes: readonly Class[]): Element[] {
  return [{ set: 'classes', key: classBits(0), value: 'drop' }, ...classes.map(classElement)];
}

function classElement(one: Class): Element {
  return { set: 'classes', key: classBits(one.index), value: `goto ${entryOf(one)}` };
}

/** What the table must have for these classes and recorders. */
export function growthFor(classes: readonly Class[], recorders: ReadonlyMap<string, Recorder>): Growth {
  const longest = (sticky: boolean) =>
    classes.reduce((most, one) => (one.sticky === sticky ? Math.max(most, one.size) : most), 0);
  return {
    slots: longest(false),
    stickySlots: longest(true),
    classes: classes.length,
    recorders: new Map(recorders),
  };
}

function slotChain(slot: number, ip: string): string {
  return chain(`slot-${slot}`, [`${transport} dnat ${ip} to ${keyAt(slot)} map @endpoints`]);
}

function stickySlotChain(slot: number): string {
  return chain(`sticky-slot-${slot}`, [
    `meta priority set ${keyAt(slot)} meta priority set meta priority map @sticky-slots goto sticky-miss`,
  ]);
}

function keyAt(slot: number): string {
  const list = `meta priority & ${hex(bits.list)}`;
  return slot === 0 ? list : `${list} | ${slotBits(slot)}`;
}

/**
 * `numgen inc` counts in the rule itself: one counter for all CPUs, moved by compare-and-swap (net/netfilter/nft_numgen.c,
 * nft_ng_inc_gen), and a nat chain sees only the first packet of a connection. So a class hands out its slots strictly in turn.
 */
function classChain(one: Class, scheduler: 'rr' | 'random'): string {
  const slots = range(0, one.size).map((slot) => `${slot} : goto ${slotName(one, slot)}`);
  const generator = scheduler === 'rr' ? 'inc' : 'random';
  return chain(entryOf(one), [`numgen ${generator} mod ${one.size} vmap { ${slots.join(', ')} }`]);
}

function entryOf(one: Class): string {
  if (one.size === 1) return slotName(one, 0);
  return `${one.sticky ? 'sticky-' : ''}pick-${one.size}-${one.counter}`;
}

function slotName(one: Class, slot: number): string {
  return `${one.sticky ? 'sticky-' : ''}slot-${slot}`;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

/**
 * How 32 bits are used. A connection's first packet carries them in `meta priority` while it passes our nat chains (why there:
 * docs/nftables.md); maps are keyed by parts of them.
 *
 *     code of an address   kind:2  sticky:1  class:11  local:1  unit:17
 *     key of an endpoint   slot:14                     local:1  unit:17
 */
export const bits = {
  unit: 0x0001_ffff,
  local: 0x0002_0000,
  /** unit and local: which of a unit's two lists. */
  list: 0x0003_ffff,
  class: 0x1ffc_0000,
  sticky: 0x2000_0000,
  kind: 0xc000_0000,
} as const;

/** The bit of the packet mark that says "masquerade", by default kube-proxy's. */
export const defaultMasqueradeBit = 14;

export const limits = {
  units: 1 << 17,
  classes: 1 << 11,
  slots: 1 << 14,
} as const;

/**
 * When the source address is rewritten to the node's (kube-proxy.md §3):
 * `internal` as for cluster IPs, `always` and `never`, `fromNode` only for the node's own connections.
 */
export type Kind = 'internal' | 'always' | 'fromNode' | 'never';

const kinds: Readonly<Record<Kind, number>> = { internal: 0, always: 1, fromNode: 2, never: 3 };

export function kindBits(kind: Kind): number {
  return kinds[kind] * 2 ** 30;
}

export interface Code {
  readonly kind: Kind;
  readonly sticky: boolean;
  readonly class: number;
  readonly local: boolean;
  readonly unit: number;
}

/** The code of an address, as nft reads it. */
export function codeText(code: Code): string {
  return hex(
    kindBits(code.kind) +
      (code.sticky ? bits.sticky : 0) +
      code.class * 2 ** 18 +
      listNumber(code.unit, code.local),
  );
}

/** The key of slot `slot` in a list. */
export function slotKey(slot: number, unit: number, local: boolean): string {
  return hex(slot * 2 ** 18 + listNumber(unit, local));
}

/** The part of an endpoint's key that its slot chain supplies. */
export function slotBits(slot: number): string {
  return hex(slot * 2 ** 18);
}

export function classBits(index: number): string {
  return hex(index * 2 ** 18);
}

function listNumber(unit: number, local: boolean): number {
  return unit + (local ? bits.local : 0);
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

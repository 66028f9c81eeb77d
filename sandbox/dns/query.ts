import { type DecodedPacket, decode } from 'dns-packet';
import { headerLength, type RcodeName } from './wire.ts';

/** A query, as far as an answer depends on it. */
export interface Query {
  id: number;
  opcode: number;
  recursionDesired: boolean;
  /** In lower case, without a dot at the end; the root is the empty text. */
  name: string;
  type: string;
  class: string;
  /** The question as it came: it goes back byte by byte, with the client's capitals (draft-vixie-dnsext-dns0x20). */
  question: Buffer;
  edns: { version: number; size: number } | undefined;
}

export type Parsed =
  | { kind: 'query'; query: Query }
  /** To be answered with this code. */
  | { kind: 'refused'; rcode: RcodeName; id: number; opcode: number; recursionDesired: boolean }
  /** Not to be answered at all: too short, or itself an answer. */
  | { kind: 'ignored' };

/** Reads a query off the wire. Never throws, whatever the bytes. */
export function parseQuery(bytes: Buffer): Parsed {
  if (bytes.length < headerLength) return { kind: 'ignored' };
  const flags = bytes.readUInt16BE(2);
  if (flags & 0x8000) return { kind: 'ignored' };
  const head = {
    id: bytes.readUInt16BE(0),
    opcode: (flags >> 11) & 15,
    recursionDesired: (flags & 0x0100) !== 0,
  };
  if (head.opcode !== 0) return { kind: 'refused', rcode: 'NOTIMP', ...head };
  // RFC 9619: a query with any number of questions but one is malformed.
  if (bytes.readUInt16BE(4) !== 1) return { kind: 'refused', rcode: 'FORMERR', ...head };
  const packet = tryDecode(bytes);
  const [question] = packet?.questions ?? [];
  const end = questionEnd(bytes);
  if (!packet || !question || end === undefined) return { kind: 'refused', rcode: 'FORMERR', ...head };
  return {
    kind: 'query',
    query: {
      ...head,
      name: question.name.toLowerCase().replace(/\.$/, ''),
      type: question.type,
      class: String(question.class),
      question: bytes.subarray(headerLength, end),
      edns: ednsOf(packet),
    },
  };
}

function tryDecode(bytes: Buffer): DecodedPacket | undefined {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}

/** Where the first question ends; undefined when its name is cut off or holds a pointer. */
function questionEnd(bytes: Buffer): number | undefined {
  let at = headerLength;
  for (let length = bytes[at]; length !== 0; length = bytes[at]) {
    if (length === undefined || length > 63) return undefined;
    at += length + 1;
  }
  return at + 5 <= bytes.length ? at + 5 : undefined;
}

function ednsOf(packet: DecodedPacket): Query['edns'] {
  const opt = (packet.additionals ?? []).find((record) => record.type === 'OPT');
  return opt && { version: opt.ednsVersion, size: opt.udpPayloadSize };
}

import { type DecodedPacket, decode, encode } from 'dns-packet';
import { ttlSeconds, type ZoneRecord } from './record.ts';

export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
};

export type RcodeName = keyof typeof rcodes;

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

const headerLength = 12;

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

export interface Reply {
  rcode: RcodeName;
  authoritative: boolean;
  answers: readonly ZoneRecord[];
  authorities: readonly ZoneRecord[];
  additionals: readonly ZoneRecord[];
}

/**
 * The bytes of an answer of at most `limit` bytes. What does not fit is left out: additional records silently, others
 * with the flag TC, upon which the client asks again over TCP.
 */
export function encodeReply(
  query: Pick<Query, 'id' | 'opcode' | 'recursionDesired'> & Partial<Pick<Query, 'question' | 'edns'>>,
  reply: Reply,
  { limit, recursionAvailable }: { limit: number; recursionAvailable: boolean },
): Buffer {
  const question = query.question ?? Buffer.alloc(0);
  const opt = query.edns ? optRecord(rcodes[reply.rcode] >> 4) : Buffer.alloc(0);
  let room = limit - headerLength - question.length - opt.length;
  const take = (records: readonly ZoneRecord[]): { parts: Buffer[]; all: boolean } => {
    const parts: Buffer[] = [];
    for (const record of records) {
      const bytes = encodeRecord(record, question);
      if (bytes.length > room) return { parts, all: false };
      room -= bytes.length;
      parts.push(bytes);
    }
    return { parts, all: true };
  };
  const answers = take(reply.answers);
  const authorities = answers.all ? take(reply.authorities) : { parts: [], all: false };
  const additionals = authorities.all ? take(reply.additionals) : { parts: [], all: false };
  const header = Buffer.alloc(headerLength);
  header.writeUInt16BE(query.id, 0);
  header.writeUInt16BE(
    0x8000 |
      (query.opcode << 11) |
      (reply.authoritative ? 0x0400 : 0) |
      (answers.all && authorities.all ? 0 : 0x0200) |
      (query.recursionDesired ? 0x0100 : 0) |
      (recursionAvailable ? 0x0080 : 0) |
      (rcodes[reply.rcode] & 15),
    2,
  );
  header.writeUInt16BE(question.length > 0 ? 1 : 0, 4);
  header.writeUInt16BE(answers.parts.length, 6);
  header.writeUInt16BE(authorities.parts.length, 8);
  header.writeUInt16BE(additionals.parts.length + (query.edns ? 1 : 0), 10);
  return Buffer.concat([header, question, ...answers.parts, ...authorities.parts, ...additionals.parts, opt]);
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

/** The size that we ourselves take over UDP without fear of fragments (DNS flag day 2020). */
export const ourUdpSize = 1232;

function optRecord(extendedRcode: number): Buffer {
  const bytes = Buffer.alloc(11);
  bytes.writeUInt16BE(41, 1);
  bytes.writeUInt16BE(ourUdpSize, 3);
  bytes.writeUInt8(extendedRcode, 5);
  return bytes;
}

/** A record on the wire. An owner that ends the question's name is written as a pointer into it (RFC 1035 4.1.4). */
function encodeRecord(record: ZoneRecord, question: Buffer): Buffer {
  const bytes = encode({ answers: [{ ...record, class: 'IN', ttl: ttlSeconds }] }).subarray(headerLength);
  const owner = bytes.subarray(0, nameLength(bytes));
  const at = suffixAt(question, owner);
  if (at === undefined) return bytes;
  const pointer = Buffer.alloc(2);
  pointer.writeUInt16BE(0xc000 | (headerLength + at));
  return Buffer.concat([pointer, bytes.subarray(owner.length)]);
}

function nameLength(bytes: Buffer): number {
  let at = 0;
  while (bytes[at]) at += (bytes[at] ?? 0) + 1;
  return at + 1;
}

/** Where in the question's name `owner` begins, capitals apart. */
function suffixAt(question: Buffer, owner: Buffer): number | undefined {
  if (question.length < 5 || owner.length < 2) return undefined;
  const name = question.subarray(0, question.length - 4);
  for (let at = 0; name.length - at >= owner.length; at += (name[at] ?? 0) + 1) {
    if (name.length - at === owner.length) {
      return name.toString('latin1', at).toLowerCase() === owner.toString('latin1').toLowerCase()
        ? at
        : undefined;
    }
  }
  return undefined;
}

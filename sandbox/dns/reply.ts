import { encode } from 'dns-packet';
import type { Query } from './query.ts';
import { ttlSeconds, type ZoneRecord } from './record.ts';
import { headerLength, type RcodeName, rcodes } from './wire.ts';

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

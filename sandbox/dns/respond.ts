import type { Forwarder } from './forward.ts';
import { parseQuery, type Query } from './query.ts';
import type { ZoneRecord } from './record.ts';
import { encodeReply, ourUdpSize, type Reply } from './reply.ts';
import { type Resolution, resolve, type Zone } from './resolve.ts';
import type { RcodeName } from './wire.ts';

export type Transport = 'udp' | 'tcp';

export interface ResponderOptions {
  zone: Zone;
  /** False until all Services and slices have been read. */
  isReady: () => boolean;
  forwarder: Forwarder | undefined;
  /** Where the rotation of several answers begins; a counter in production. */
  turn: () => number;
}

/** The answer to the bytes of one query, or undefined when there is nobody to answer. Never throws. */
export type Responder = (bytes: Buffer, transport: Transport) => Promise<Buffer | undefined>;

const tcpLimit = 65_535;
const plainUdpLimit = 512;

/** Zone transfers are not for pods. */
const refusedTypes: ReadonlySet<string> = new Set(['AXFR', 'IXFR']);

/** Answers queries from bytes to bytes; undefined for what deserves no answer. */
export function createResponder(options: ResponderOptions): Responder {
  const recursionAvailable = options.forwarder !== undefined;
  return async (bytes, transport) => {
    const parsed = parseQuery(bytes);
    if (parsed.kind === 'ignored') return undefined;
    if (parsed.kind === 'refused') {
      return encodeReply(parsed, empty(parsed.rcode), { limit: plainUdpLimit, recursionAvailable });
    }
    const { query } = parsed;
    const limit = transport === 'tcp' ? tcpLimit : udpLimit(query);
    const early = refusal(query) ?? (options.isReady() ? undefined : 'SERVFAIL');
    if (early) return encodeReply(query, empty(early), { limit, recursionAvailable });
    const resolution = resolve(options.zone, query.name, query.type);
    if (resolution.kind === 'elsewhere' && options.forwarder && resolution.answers.length === 0) {
      const answer = await options.forwarder.forward(bytes, transport);
      return answer ?? encodeReply(query, empty('SERVFAIL'), { limit, recursionAvailable });
    }
    const reply = await replyTo(resolution, query, options);
    return encodeReply(query, reply, { limit, recursionAvailable });
  };
}

/** A CNAME that leads out of the cluster is followed if there is somebody to ask. */
async function replyTo(resolution: Resolution, query: Query, options: ResponderOptions): Promise<Reply> {
  if (resolution.kind === 'answer') {
    const { rcode, authorities, additionals } = resolution;
    const answers = rotated(resolution.answers, options.turn());
    return { rcode, authoritative: true, answers, authorities, additionals };
  }
  if (resolution.answers.length === 0) return empty('REFUSED');
  const further = (await options.forwarder?.lookup(resolution.target, query.type)) ?? [];
  return { ...empty('NOERROR'), authoritative: true, answers: [...resolution.answers, ...further] };
}

function refusal(query: Query): RcodeName | undefined {
  if (query.edns && query.edns.version !== 0) return 'BADVERS';
  return query.class !== 'IN' || refusedTypes.has(query.type) ? 'REFUSED' : undefined;
}

function udpLimit(query: Query): number {
  return Math.max(plainUdpLimit, Math.min(query.edns?.size ?? plainUdpLimit, ourUdpSize));
}

function empty(rcode: RcodeName): Reply {
  return { rcode, authoritative: false, answers: [], authorities: [], additionals: [] };
}

/** Addresses of a headless Service in another order each time, as CoreDNS' loadbalance plugin does; CNAMEs stay first. */
function rotated(answers: readonly ZoneRecord[], turn: number): ZoneRecord[] {
  const aliases = answers.filter(({ type }) => type === 'CNAME');
  const others = answers.filter(({ type }) => type !== 'CNAME');
  const start = others.length === 0 ? 0 : turn % others.length;
  return [...aliases, ...others.slice(start), ...others.slice(0, start)];
}

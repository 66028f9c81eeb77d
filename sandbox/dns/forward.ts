import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { decode, encode } from 'dns-packet';
import type { ZoneRecord } from './record.ts';
import type { Transport } from './respond.ts';

export interface Forwarder {
  /** The upstream's answer to a query, byte by byte with the query's id; undefined when none came in time. */
  forward(query: Buffer, transport: Transport): Promise<Buffer | undefined>;
  /** The records that a name elsewhere has; none when it has none or nobody answers. */
  lookup(name: string, type: string): Promise<ZoneRecord[]>;
}

/** Resolvers give up after five seconds; they shall hear of a dead upstream well before. */
const timeoutMs = 2000;

/** Asks another DNS server, `address` or `address:port`. */
export function createForwarder(upstream: string): Forwarder {
  const { host, port } = parseUpstream(upstream);
  const forward = async (query: Buffer, transport: Transport): Promise<Buffer | undefined> => {
    // A random id and a fresh port each time: what an attacker would have to guess (RFC 5452).
    const outgoing = Buffer.from(query);
    outgoing.writeUInt16BE(randomInt(65_536), 0);
    const answer = await (transport === 'udp' ? askUdp : askTcp)(outgoing, host, port).catch(() => undefined);
    if (!answer || answer.length < 12) return undefined;
    const back = Buffer.from(answer);
    back.writeUInt16BE(query.readUInt16BE(0), 0);
    return back;
  };
  return {
    forward,
    async lookup(name, type) {
      const question = { name, type: type as 'A' };
      const query = encode({ type: 'query', id: 0, flags: 0x0100, questions: [question] });
      const answer = await forward(query, 'udp');
      return answer ? usableRecords(answer) : [];
    },
  };
}

/** Splits `10.0.0.1:53`, `10.0.0.1` or `[fd00::1]:53`. Throws RangeError when there is no port number to be had. */
export function parseUpstream(text: string): { host: string; port: number } {
  const [, bracketed, plain, digits = '53'] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = isIPv6(text) ? text : (bracketed ?? plain);
  if (!host) throw new RangeError(`not a DNS server's address: ${text}`);
  return { host, port: isIPv6(text) ? 53 : Number(digits) };
}

function usableRecords(answer: Buffer): ZoneRecord[] {
  try {
    return (decode(answer).answers ?? []).flatMap((record): ZoneRecord[] => {
      if (record.type !== 'A' && record.type !== 'AAAA' && record.type !== 'CNAME') return [];
      return [{ type: record.type, name: record.name, data: record.data }];
    });
  } catch {
    return [];
  }
}

function askUdp(query: Buffer, host: string, port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const timer = setTimeout(() => end(() => reject(new Error('no answer'))), timeoutMs);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      socket.close();
      settle();
    };
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('message', (message) => {
      if (message.length >= 2 && message.readUInt16BE(0) === query.readUInt16BE(0)) {
        socket.removeAllListeners('message');
        end(() => resolve(message));
      }
    });
    // A connected socket takes answers from that server alone, and hears at once when nobody listens there.
    socket.connect(port, host, () => socket.send(query));
  });
}

function askTcp(query: Buffer, host: string, port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    let received = Buffer.alloc(0);
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('no answer')));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      resolve(received.subarray(2, 2 + received.readUInt16BE(0)));
      socket.destroy();
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
  });
}

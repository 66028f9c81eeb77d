import { createSocket, type Socket } from 'node:dgram';
import type { Target } from './balancer.ts';

/** What one UDP client sends, and gets. */
export interface Flow {
  send(data: Buffer): void;
  /** `address:port` of the endpoint. */
  endpoint(): string;
  end(): void;
}

export interface FlowOptions {
  /** It ends when no datagram has gone either way for so long. */
  readonly timeoutMs: number;
  readonly answer: (data: Buffer) => void;
  /** It has got another endpoint than the first one, or none (undefined). */
  readonly onMet: (target: Target | undefined) => void;
  readonly onEnd: () => void;
}

/**
 * A socket to the first endpoint of the order. While nothing has been answered, an endpoint where nobody listens (ICMP "port
 * unreachable") is left for the next one, which gets the datagrams that are still without answer.
 */
export function createFlow(order: readonly Target[], options: FlowOptions): Flow {
  let at = 0;
  let ended = false;
  let answered = false;
  let unanswered: Buffer[] = [];
  let socket: Socket | undefined;
  let connected: Socket | undefined;
  const timer = setTimeout(end, options.timeoutMs).unref();

  function open(target: Target): void {
    const mine = createSocket(target.address.includes(':') ? 'udp6' : 'udp4');
    socket = mine.unref();
    mine.on('error', () => fail(mine));
    mine.on('message', (data) => {
      answered = true;
      unanswered = [];
      timer.refresh();
      options.answer(data);
    });
    mine.once('connect', () => {
      if (mine !== socket) return;
      connected = mine;
      for (const data of unanswered) transmit(mine, data);
    });
    // Connected, so that an ICMP error comes back.
    mine.connect(target.port, target.address);
  }

  function fail(failed: Socket): void {
    if (ended || failed !== socket) return;
    failed.close();
    connected = undefined;
    at++;
    const next = answered ? undefined : order[at];
    options.onMet(next);
    socket = undefined;
    if (next) open(next);
    else end();
  }

  function transmit(to: Socket, data: Buffer): void {
    to.send(data, (error) => {
      if (error) fail(to);
    });
  }

  function end(): void {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    socket?.close();
    options.onEnd();
  }

  const [first] = order;
  if (first) open(first);
  return {
    send(data) {
      timer.refresh();
      if (!answered) unanswered = [...unanswered, data].slice(-mostUnanswered);
      if (connected) transmit(connected, data);
    },
    endpoint: () => `${order[at]?.address}:${order[at]?.port}`,
    end,
  };
}

/** Beyond so many, the oldest is given up. */
const mostUnanswered = 16;

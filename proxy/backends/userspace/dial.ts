import { connect, type Socket } from 'node:net';
import { codeOf } from '../../../lib/errors.ts';
import { keyOf, type Target } from './balancer.ts';

export interface Met {
  readonly socket: Socket;
  readonly target: Target;
}

/**
 * Connects to the first endpoint of the order that answers. One that is silent gets 250 ms, then 500 ms, 1 s and 2 s are waited
 * (EndpointDialTimeouts of kube-proxy 1.20); one that refuses costs no time, so all of them may. Undefined when nobody answers,
 * or nobody wants it any more.
 */
export async function dialInTurn(
  order: readonly Target[],
  isWanted: () => boolean,
): Promise<Met | undefined> {
  const refused = new Set<string>();
  const rounds = Math.ceil(dialTimeoutsMs.length / Math.max(1, order.length));
  let silent = 0;
  for (const target of Array.from({ length: rounds }, () => order).flat()) {
    const timeoutMs = dialTimeoutsMs[silent];
    if (!isWanted() || timeoutMs === undefined) return undefined;
    if (refused.has(keyOf(target))) continue;
    try {
      return { socket: await dial(target, timeoutMs), target };
    } catch (error) {
      // No endpoint's fault, and the next one would fare no better.
      if (['EMFILE', 'ENFILE'].includes(codeOf(error) ?? '')) return undefined;
      if (codeOf(error) === 'ETIMEDOUT') silent++;
      else refused.add(keyOf(target));
    }
  }
  return undefined;
}

export const dialTimeoutsMs = [250, 500, 1000, 2000] as const;

function dial({ address, port }: Target, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
    const timer = setTimeout(() => socket.destroy(tooLate()), timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function tooLate(): Error {
  return Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
}

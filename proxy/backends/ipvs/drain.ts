import type { Family } from '../../../lib/ip.ts';
import { dropAddress, forgetServer, isHeld, type Kernel, noSteps, type Steps } from './diff.ts';
import type { SeenServer } from './read.ts';
import { realLine } from './text.ts';

/**
 * The steps that remove real servers of weight 0 which have no connections left, then virtual servers and addresses that were kept
 * for their sake alone. The record `kernel` is brought up to date.
 */
export function drainSteps(
  kernel: Kernel,
  seen: ReadonlyMap<string, SeenServer>,
  isWanted: (id: string) => boolean,
  family: Family,
): Steps {
  const steps = noSteps();
  const plan = { steps, kernel, family };
  for (const server of [...kernel.draining.values()]) {
    const now = seen.get(server.id);
    const left = new Map(server.reals);
    for (const [real, weight] of server.reals) {
      if (weight > 0 || (now?.connections.get(real) ?? 0) > 0) continue;
      if (now?.reals.has(real)) steps.servers.push(realLine('d', server, real));
      left.delete(real);
    }
    const rest = { ...server, reals: left };
    kernel.objects.set(server.id, rest);
    if (![...left.values()].includes(0)) kernel.draining.delete(server.id);
    else kernel.draining.set(server.id, rest);
    if (left.size === 0 && !isWanted(server.id)) forgetServer(rest, plan, now !== undefined);
  }
  for (const object of [...kernel.objects.values()]) {
    if (object.kind === 'address' && !isWanted(object.id) && !isHeld(object, kernel))
      dropAddress(object, plan);
  }
  return steps;
}

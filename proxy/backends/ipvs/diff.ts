import type { Family } from '../../../lib/ip.ts';
import { type Address, type Entry, element, type KernelObject, type Server } from './objects.ts';
import { addressLine, entryLine, realLine, serverLine } from './text.ts';
import type { Delta } from './wanted.ts';

/** What this backend has in the kernel, as far as it knows. */
export interface Kernel {
  readonly objects: Map<string, KernelObject>;
  /** Of these, virtual servers with real ones that get no new connections any more, until they are drained. */
  readonly draining: Map<string, Server>;
}

/** Lines that turn what is in the kernel into what is wanted, in the order in which they are to be given. */
export interface Steps {
  /** ipset: what packets to new virtual servers meet before and behind them. */
  readonly before: string[];
  /** ipvsadm: virtual servers by mark. */
  readonly marked: string[];
  /** ipset: the marks that lead to them. */
  readonly marks: string[];
  /** ipvsadm: virtual servers by address, after those that clients outside are to meet instead. */
  readonly servers: string[];
  /** ip: addresses, for whose packets everything is ready by now. */
  readonly addresses: string[];
  /** ipset: what nobody needs any more. */
  readonly after: string[];
}

/** A plan that changes nothing, to be filled. */
export function noSteps(): Steps {
  return { before: [], marked: [], marks: [], servers: [], addresses: [], after: [] };
}

/** How many commands a plan has. */
export function countSteps(steps: Steps): number {
  return Object.values(steps).reduce((sum, lines: string[]) => sum + lines.length, 0);
}

/**
 * The steps for `delta`; the record `kernel` is brought up to date. TCP connections end in peace: a real server that goes first
 * gets weight 0 and stays, with its virtual server and its address, until drain.ts finds it drained.
 */
export function stepsFor(delta: Delta, kernel: Kernel, family: Family): Steps {
  const steps = noSteps();
  const plan = { steps, kernel, family };
  const changes = [...delta].map(([id, want]) => ({ id, want, have: kernel.objects.get(id) }));
  for (const { id, want, have } of changes) {
    if ((want ?? have)?.kind === 'server')
      changeServer(id, have as Server | undefined, want as Server | undefined, plan);
    if ((want ?? have)?.kind === 'entry')
      changeEntry(id, have as Entry | undefined, want as Entry | undefined, plan);
  }
  // Only now it is known which addresses are still needed.
  for (const { id, want, have } of changes) {
    if ((want ?? have)?.kind === 'address')
      changeAddress(id, have as Address | undefined, want as Address | undefined, plan);
  }
  return steps;
}

interface Plan {
  readonly steps: Steps;
  readonly kernel: Kernel;
  readonly family: Family;
}

function changeServer(id: string, have: Server | undefined, want: Server | undefined, plan: Plan): void {
  const server = want ?? have;
  if (!server) return;
  const lines = 'mark' in server.at ? plan.steps.marked : plan.steps.servers;
  if (want && !have) {
    register('add', want, plan);
    lines.push(serverLine('A', want));
  } else if (want && have && !sameService(want, have)) lines.push(serverLine('E', want));
  const reals = changeReals(server, have?.reals ?? nobody, want?.reals ?? nobody, lines);
  if (!want && reals.size === 0) {
    forgetServer(server, plan);
    return;
  }
  const left = { ...server, reals };
  plan.kernel.objects.set(id, left);
  if ([...reals.values()].includes(0)) plan.kernel.draining.set(id, left);
  else plan.kernel.draining.delete(id);
}

const nobody: ReadonlyMap<string, number> = new Map();

/** Comes before leaves, so that there is always somebody. Returns those that are there afterwards. */
function changeReals(
  server: Server,
  have: ReadonlyMap<string, number>,
  want: ReadonlyMap<string, number>,
  lines: string[],
): ReadonlyMap<string, number> {
  const left = new Map(want);
  for (const [real, weight] of want) {
    const now = have.get(real);
    if (now === undefined) lines.push(realLine('a', server, real, weight));
    else if (now !== weight) lines.push(realLine('e', server, real, weight));
  }
  for (const [real, weight] of have) {
    if (want.has(real)) continue;
    if (!drains(server)) lines.push(realLine('d', server, real));
    else {
      left.set(real, 0);
      if (weight !== 0) lines.push(realLine('e', server, real, 0));
    }
  }
  return left;
}

/**
 * UDP and SCTP clients are sent elsewhere at once, as kube-proxy has it. So are those under `dh`, which refuses clients of a real
 * server with weight 0 instead of looking further (ip_vs_dh.c).
 */
function drains({ protocol, scheduler }: Server): boolean {
  return protocol === 'TCP' && scheduler !== 'dh';
}

/** Removes a virtual server without real ones, if it is there at all. */
export function forgetServer(server: Server, { steps, kernel, family }: Plan, present = true): void {
  if (present) steps.servers.push(serverLine('D', server));
  register('del', server, { steps, kernel, family });
  kernel.objects.delete(server.id);
  kernel.draining.delete(server.id);
}

function register(verb: 'add' | 'del', { at, protocol }: Server, { steps, family }: Plan): void {
  if ('mark' in at) return;
  const line = entryLine(verb, family, { set: 'SERVERS', element: element(at.address, protocol, at.port) });
  (verb === 'add' ? steps.before : steps.after).push(line);
}

/** True when two virtual servers differ in nothing but their real servers. */
export function sameService(a: Server, b: Server): boolean {
  return a.scheduler === b.scheduler && a.flags === b.flags && a.persistence === b.persistence;
}

function changeEntry(
  id: string,
  have: Entry | undefined,
  want: Entry | undefined,
  { steps, kernel, family }: Plan,
): void {
  if (want) {
    if (have && have.mark === want.mark) return;
    (want.set === 'MARKS' ? steps.marks : steps.before).push(entryLine('add', family, want));
    kernel.objects.set(id, want);
  } else if (have) {
    (have.set === 'MARKS' ? steps.before : steps.after).push(entryLine('del', family, have));
    kernel.objects.delete(id);
  }
}

function changeAddress(id: string, have: Address | undefined, want: Address | undefined, plan: Plan): void {
  const { steps, kernel, family } = plan;
  if (want && !have) {
    steps.before.push(entryLine('add', family, { set: 'VIPS', element: want.address }));
    steps.addresses.push(addressLine('add', want.address));
    kernel.objects.set(id, want);
  } else if (have && !want && !isHeld(have, kernel)) dropAddress(have, plan);
}

/** Plans the end of an address, in the device and in its set, and forgets it. */
export function dropAddress({ id, address }: Address, { steps, kernel, family }: Plan): void {
  steps.addresses.push(addressLine('del', address));
  steps.after.push(entryLine('del', family, { set: 'VIPS', element: address }));
  kernel.objects.delete(id);
}

/** Packets of its last connections still come in by this address. */
export function isHeld({ address }: Address, { draining }: Kernel): boolean {
  return [...draining.values()].some(({ at }) => 'address' in at && at.address === address);
}

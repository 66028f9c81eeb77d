import type { Endpoint, Unit } from '../../model/unit.ts';
import { type Balancer, createBalancer } from './balancer.ts';
import type { Budget } from './budget.ts';
import type { Ports } from './elements.ts';
import { type Listener, listenInRange } from './listener.ts';
import { defaultUdpTimeoutMs, type UserspaceOptions } from './options.ts';
import { relayTcp } from './relay-tcp.ts';
import { relayUdp } from './relay-udp.ts';

/** The listening sockets of all units: one for each list of endpoints that a unit's traffic policies use. */
export interface Doors {
  /** Opens what the unit needs, and gives its lists to those that are open. Throws when a socket cannot be had. */
  open(unit: Unit, host: string): Promise<void>;
  ports(unit: Unit): Ports;
  /** Closes what these units, the only ones there are, do not need. */
  keepOnly(units: ReadonlyMap<string, Unit>): void;
  /** Drops affinity records that have timed out. */
  sweep(now: number): void;
  close(how: { now: boolean }): void;
}

type List = 'cluster' | 'local';

interface Door {
  readonly host: string;
  readonly balancer: Balancer;
  readonly listener: Listener;
}

/** The sockets of all units, none open yet. Whoever makes it closes it. */
export function createDoors(options: UserspaceOptions, budget: Budget): Doors {
  /** By list and unit. */
  const doors = new Map<string, Door>();
  /** Sockets that no rule leads to any more, until they are closed. */
  const leaving = new Map<Listener, NodeJS.Timeout>();

  async function openDoor(unit: Unit, host: string): Promise<Door> {
    const balancer = createBalancer();
    const timeoutMs = options.udpTimeoutMs ?? defaultUdpTimeoutMs;
    const listener = await listenInRange(host, options.portRange, (at) =>
      unit.protocol === 'UDP'
        ? relayUdp(at, balancer, { budget, timeoutMs })
        : relayTcp(at, balancer, budget),
    );
    return { host, balancer, listener };
  }

  /** Clients that were redirected a moment ago may still be on their way, or wait to be accepted. */
  function closeSoon({ listener }: Door): void {
    const timer = setTimeout(() => {
      leaving.delete(listener);
      listener.close();
    }, lingerMs);
    leaving.set(listener, timer.unref());
  }

  function take(key: string): void {
    const door = doors.get(key);
    doors.delete(key);
    if (door) closeSoon(door);
  }

  return {
    async open(unit, host) {
      for (const list of needs(unit)) {
        const key = `${list} ${unit.id}`;
        if (doors.get(key)?.host !== host) take(key);
        const door = doors.get(key) ?? (await openDoor(unit, host));
        doors.set(key, door);
      }
      for (const list of lists) {
        const door = doors.get(`${list} ${unit.id}`);
        door?.balancer.update(endpointsOf(unit, list), unit.affinitySeconds);
        door?.listener.serving(unit.serving);
      }
    },
    ports: ({ id }) => ({
      cluster: doors.get(`cluster ${id}`)?.listener.port,
      local: doors.get(`local ${id}`)?.listener.port,
    }),
    keepOnly(units) {
      for (const key of [...doors.keys()]) {
        const at = key.indexOf(' ');
        const unit = units.get(key.slice(at + 1));
        if (!unit || (!isRejected(unit) && !needs(unit).includes(key.slice(0, at) as List))) take(key);
      }
    },
    sweep(now) {
      for (const { balancer } of doors.values()) balancer.sweep(now);
    },
    close({ now }) {
      for (const key of [...doors.keys()]) take(key);
      if (!now) return;
      for (const [listener, timer] of leaving) {
        clearTimeout(timer);
        listener.destroy();
      }
      leaving.clear();
    },
  };
}

const lists = ['cluster', 'local'] as const;

/** Longer than a handshake within a cluster takes. */
const lingerMs = 1000;

/** While nobody serves a unit, which lists it uses is not known: what is open stays, so that its port stays the same. */
function needs(unit: Unit): List[] {
  if (unit.protocol === 'SCTP' || isRejected(unit)) return [];
  const hasExternal = unit.nodePort !== 0 || unit.externalIPs.length > 0 || unit.vips.length > 0;
  return [
    ...(unit.internal === 'cluster' || hasExternal ? (['cluster'] as const) : []),
    ...(unit.internal === 'local' || (hasExternal && unit.external === 'local') ? (['local'] as const) : []),
  ];
}

function isRejected({ internal, external }: Unit): boolean {
  return internal === 'reject' && external === 'reject';
}

function endpointsOf(unit: Unit, list: List): readonly Endpoint[] {
  return unit[list];
}

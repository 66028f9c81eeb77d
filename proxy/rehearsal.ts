import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NodeRecord, ServiceRecord, SliceRecord } from './model/records.ts';
import { unitsOf } from './model/resolve.ts';
import { modeTable } from './modes.ts';
import type { Plan } from './plan.ts';

/**
 * Renders a made-up table and throws it away, a few Services at a time, until `over` resolves or some thousands have been rendered. The
 * first lists of a large cluster are on their way for a while; by the time they are here the engine has compiled the code that goes
 * through ten thousand Services, which otherwise costs a quarter of the first sync (docs/nftables.md). `now` is a clock in milliseconds.
 * Resolves with the number of Services.
 */
export async function rehearse(
  plan: Plan,
  over: Promise<unknown>,
  now: () => number = () => performance.now(),
): Promise<number> {
  let rendered = 0;
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  over.then(end, end);
  let slow = false;
  while (!isOver && !slow && rendered < enough) {
    const began = now();
    const units = Array.from({ length: atOnce }, (_, i) => unitsOf(service(i), [slice(i)], node, 'IPv4'));
    modeTable[plan.mode].text('IPv4', plan, node, units.flat());
    rendered += atOnce;
    slow = now() - began > patienceMs;
    await nextTurn();
  }
  return rendered;
}

/** Takes a few milliseconds, the first time some more: an answer of the API server waits no longer. */
const atOnce = 100;
const enough = 5000;

/** A machine so slow that an answer would have to wait (one processor, emulated) has none to spare. */
const patienceMs = 100;

const node: NodeRecord = {
  name: 'rehearsal',
  addresses: ['192.0.2.1'],
  podCIDRs: ['198.51.100.0/24'],
  zone: '',
  leaving: false,
};

function service(i: number): ServiceRecord {
  return {
    namespace: 'rehearsal',
    name: `service-${i}`,
    clusterIPs: [`203.0.113.${i}`],
    externalIPs: [],
    vips: [],
    sourceRanges: [],
    ports: [{ name: '', protocol: 'TCP', port: 80, nodePort: i % 5 === 0 ? 30_000 + i : 0 }],
    affinitySeconds: undefined,
    internalLocal: false,
    externalLocal: false,
    healthCheckNodePort: 0,
  };
}

function slice(i: number): SliceRecord {
  return {
    namespace: 'rehearsal',
    name: `service-${i}-slice`,
    service: `service-${i}`,
    family: 'IPv4',
    ports: [{ name: '', protocol: 'TCP', port: 8080 }],
    endpoints: [1, 101].map((offset) => ({
      address: `198.51.100.${i + offset}`,
      ready: true,
      serving: true,
      terminating: false,
      node: i % 10 === 0 ? node.name : 'other',
      zoneHints: [],
      nodeHints: [],
    })),
    triggeredAt: undefined,
  };
}

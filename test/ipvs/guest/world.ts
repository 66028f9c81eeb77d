import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { run } from '../../../lib/exec.ts';
import { waitFor } from '../../../lib/wait.ts';
import { type Agent, connectAgent } from '../../behaviour/agent-client.ts';

/** Where a probe can come from beside the node itself: outside the cluster, pods a1 to a3 and c1 of this node, b1 of another. */
export const places = ['out', 'a1', 'a2', 'a3', 'c1', 'b1'] as const;
export type Place = (typeof places)[number];

/** IPv4 and IPv6 addresses. */
export const at = {
  node: ['192.168.56.11', 'fd56::11'],
  out: ['192.168.56.1', 'fd56::1'],
  out2: ['192.168.56.2', 'fd56::2'],
  a1: ['172.16.1.2', 'fd16:0:0:1::2'],
  a2: ['172.16.1.3', 'fd16:0:0:1::3'],
  a3: ['172.16.1.4', 'fd16:0:0:1::4'],
  c1: ['172.16.1.9', 'fd16:0:0:1::9'],
  b1: ['172.16.2.2', 'fd16:0:0:2::2'],
} as const;

export interface World {
  readonly agents: Readonly<Record<Place, Agent>>;
  close(): void;
}

/** This machine becomes the node; everybody else lives in a network namespace. */
export async function createWorld(): Promise<World> {
  for (const [name, value] of settings) writeFileSync(`/proc/sys/net/${name}`, value);
  await run('ip', ['-batch', '-'], { input: `${lines().join('\n')}\n`, timeoutMs: 60_000 });
  await furnish();
  const children = places.map((name) =>
    spawn('ip', ['netns', 'exec', name, 'node', '/workshop/agent.mjs', `/run/${name}.sock`], {
      stdio: 'inherit',
    }),
  );
  const list = await Promise.all(places.map(connected));
  const agents = Object.fromEntries(places.map((name, i) => [name, list[i]])) as Record<Place, Agent>;
  for (const name of places) {
    if (name === 'out' || name === 'c1') continue;
    await agents[name].serve({ name, port: 8080, protocol: 'tcp' });
    await agents[name].serve({ name, port: 5353, protocol: 'udp' });
  }
  return {
    agents,
    close() {
      for (const agent of list) agent.close();
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

/** Node.js takes its time to start in an emulated machine. */
async function connected(name: Place): Promise<Agent> {
  const path = `/run/${name}.sock`;
  await waitFor(() => existsSync(path), { what: `the agent of ${name}`, timeoutMs: 120_000 });
  return await connectAgent(path);
}

const settings = [
  // New namespaces take over what this one has.
  ['core/devconf_inherit_init_net', '1'],
  ['ipv6/conf/all/accept_dad', '0'],
  ['ipv6/conf/default/accept_dad', '0'],
  ['ipv4/ip_forward', '1'],
  ['ipv6/conf/all/forwarding', '1'],
  // Refusals are ICMP errors, of which the kernel sends one a second.
  ['ipv6/icmp/ratelimit', '0'],
  ['ipv4/icmp_ratelimit', '0'],
] as const;

function lines(): string[] {
  const [node4, node6] = at.node;
  return [
    ...places.map((name) => `netns add ${name}`),
    ...link('out', 'lan0'),
    `addr add ${node4}/24 dev lan0`,
    `addr add ${node6}/64 dev lan0 nodad`,
    ...(['a1', 'a2', 'a3', 'c1', 'b1'] as const).flatMap(pod),
  ];
}

function link(name: string, device: string): string[] {
  return [`link add ${device} type veth peer name eth0 netns ${name}`, `link set ${device} up`];
}

/** Routed, as the sandbox's pods are: docs/decisions/0004. */
function pod(name: 'a1' | 'a2' | 'a3' | 'c1' | 'b1'): string[] {
  const [four, six] = at[name];
  return [
    ...link(name, `pod-${name}`),
    `addr add 169.254.1.1/32 dev pod-${name}`,
    `addr add fe80::1/64 dev pod-${name} nodad`,
    `route add ${four}/32 dev pod-${name}`,
    `route add ${six}/128 dev pod-${name}`,
  ];
}

/** What is done inside the namespaces. */
async function furnish(): Promise<void> {
  for (const name of places) {
    const inside = name === 'out' ? outside() : insidePod(at[name]);
    const input = ['link set lo up', 'link set eth0 up', ...inside, ''].join('\n');
    await run('ip', ['-n', name, '-batch', '-'], { input, timeoutMs: 60_000 });
  }
}

function insidePod([four, six]: readonly [string, string]): string[] {
  return [
    `addr add ${four}/32 dev eth0`,
    `addr add ${six}/128 dev eth0 nodad`,
    'route add 169.254.1.1 dev eth0',
    'route add default via 169.254.1.1 dev eth0',
    'route add ::/0 via fe80::1 dev eth0',
  ];
}

/** It knows ways to everything by the node, as a router in front of the cluster would. */
function outside(): string[] {
  const addresses = [at.out, at.out2].flatMap(([four, six]) => [
    `addr add ${four}/24 dev eth0`,
    `addr add ${six}/64 dev eth0 nodad`,
  ]);
  return [...addresses, `route add default via ${at.node[0]}`, `route add ::/0 via ${at.node[1]}`];
}

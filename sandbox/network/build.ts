import { existsSync, writeFileSync } from 'node:fs';
import { run } from '../../lib/exec.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { planNetwork } from './plan.ts';

/**
 * Builds the sandbox's network in the network and mount namespaces that this process is in: node namespaces below /run/netns,
 * their host names below /run/utsns, bridge, links, routes. Does nothing when that has been done before.
 * Throws ExecError when `unshare` or `ip` refuse.
 */
export async function buildNetwork(settings: Settings, signal?: AbortSignal): Promise<void> {
  if (existsSync(marker)) return;
  const plan = planNetwork(settings);
  await Promise.all(plan.nodes.map(({ name }) => createNode(name, signal)));
  await configure([], plan.lan, signal);
  await Promise.all(plan.nodes.map(({ name, batch }) => configure(enter(name), batch, signal)));
  writeFileSync(marker, '');
}

/** The words before a command that is to run on a node: its network and host name. */
export function enter(node: string): [string, ...string[]] {
  return ['nsenter', `--net=/run/netns/${node}`, `--uts=/run/utsns/${node}`, '--'];
}

const marker = '/run/workshop/network';

async function createNode(name: string, signal?: AbortSignal): Promise<void> {
  const [net, uts] = [`/run/netns/${name}`, `/run/utsns/${name}`];
  for (const file of [net, uts]) writeFileSync(file, '', { mode: 0o444 });
  await run('unshare', [`--net=${net}`, `--uts=${uts}`, '--', 'busybox', 'hostname', name], { signal });
}

/**
 * Kernel settings come first, so that interfaces made later inherit them. Packets are forwarded; replies may take another way
 * than the requests (rp_filter off), since a Service's answer comes back from another address than the one asked.
 */
const prepare = `
cd /proc/sys/net/ipv4
echo 1 > ip_forward
echo 0 > conf/all/rp_filter
echo 0 > conf/default/rp_filter
exec ip -batch -
`;

async function configure(prefix: readonly string[], batch: string, signal?: AbortSignal): Promise<void> {
  const [program = 'sh', ...args] = [...prefix, 'sh', '-e', '-c', prepare];
  await run(program, args, { input: batch, signal });
}

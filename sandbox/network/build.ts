import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../lib/exec.ts';
import { repositoryRoot } from '../../lib/root.ts';
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

async function configure(prefix: readonly string[], batch: string, signal?: AbortSignal): Promise<void> {
  const script = join(repositoryRoot(), 'sandbox', 'network', 'configure.sh');
  const [program = 'sh', ...args] = [...prefix, 'sh', script];
  await run(program, args, { input: batch, signal });
}

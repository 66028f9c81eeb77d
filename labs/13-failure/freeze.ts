import type { Lab } from '../lab.ts';
import { nodesOf } from '../steps/objects.ts';
import { proxyProcess } from '../steps/proxy.ts';

/** Freezes the proxy of a node: its process stays, and does nothing. */
export async function freezeProxy(lab: Lab, node: string): Promise<void> {
  await lab.onNode(node, ['kill', '-STOP', await proxyProcess(lab, node)]);
}

/** Lets every proxy go on. */
export async function thawProxies(lab: Lab): Promise<void> {
  const thaw = async ({ name }: { name: string }) =>
    lab.onNode(name, ['kill', '-CONT', await proxyProcess(lab, name)]);
  await Promise.all((await nodesOf(lab)).map(thaw));
}

/** The names of the nodes whose proxy is frozen: its process is in the state T (proc(5)). */
export async function frozenNodes(lab: Lab): Promise<string[]> {
  const nodes = (await nodesOf(lab)).map(({ name }) => name);
  const states = await Promise.all(
    nodes.map(async (name) => {
      const { stdout } = await lab.onNode(name, ['cat', `/proc/${await proxyProcess(lab, name)}/status`]);
      return /^State:\s+T/m.test(stdout);
    }),
  );
  return nodes.filter((_, i) => states[i]);
}

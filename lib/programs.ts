import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './root.ts';

export type Program = 'sandbox' | 'proxy' | 'loadbalancer' | 'workshop';

/** Where each program begins, when it is run from its sources. */
const sources: Readonly<Record<Program, string>> = {
  sandbox: 'sandbox/main.ts',
  proxy: 'proxy/main.ts',
  loadbalancer: 'loadbalancer/main.ts',
  workshop: 'scripts/cli/main.ts',
};

/**
 * Flags of Node.js for the proxy on a node. By itself the young generation of its heap grows to three times 16 MB in the first sync, for
 * good: 27 MB more at ten thousand Services, and not a millisecond sooner.
 */
export const proxyNodeFlags: readonly string[] = ['--max-semi-space-size=4'];

/**
 * The command line that runs one of our programs with this Node.js: its bundle, or its sources when there is none.
 * `nodeFlags` go before it.
 */
export function programCommand(program: Program, nodeFlags: readonly string[] = []): [string, ...string[]] {
  const root = repositoryRoot();
  const bundle = join(root, 'build', `${program}.js`);
  if (existsSync(bundle)) return [process.execPath, ...nodeFlags, bundle];
  const loader = join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs');
  return [process.execPath, ...nodeFlags, '--import', loader, join(root, sources[program])];
}

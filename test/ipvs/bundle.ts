import { build } from 'esbuild';
import { repositoryRoot } from '../../lib/root.ts';

/** Bundles what runs in the emulated machine into `folder`. Resolves with the files' names. */
export async function bundleGuest(folder: string): Promise<string[]> {
  const root = repositoryRoot();
  const entryPoints = {
    guest: `${root}/test/ipvs/guest/main.ts`,
    agent: `${root}/test/behaviour/agent.ts`,
    proxy: `${root}/proxy/main.ts`,
  };
  await build({
    entryPoints,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    alias: { esbuild: `${root}/test/ipvs/guest/no-bundler.ts` },
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'error',
  });
  return Object.keys(entryPoints).map((name) => `${name}.mjs`);
}

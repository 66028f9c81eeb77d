import { build } from 'esbuild';
import { repositoryRoot } from '../../lib/root.ts';

/** Bundles programs (name to source file, from the repository's root) into `folder` as `NAME.mjs`: they start in a tenth of the time. */
export async function bundleInto(folder: string, programs: Record<string, string>): Promise<void> {
  const sources = Object.entries(programs).map(([name, file]) => [name, `${repositoryRoot()}/${file}`]);
  await build({
    entryPoints: Object.fromEntries(sources) as Record<string, string>,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}

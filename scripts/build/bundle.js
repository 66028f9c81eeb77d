import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** Packages that stay outside: they bring machine code, or load files of their own by path. */
const external = ['classic-level', '@lydell/node-pty', 'mocha', 'esbuild', 'bufferutil', 'utf-8-validate'];

/** CommonJS packages inside an ES module bundle still call `require`. */
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external,
  banner,
  logLevel: 'error',
  legalComments: 'none',
};

/**
 * Bundles everything into build/, each piece moved into place when whole.
 * @param {string} root the repository's folder
 */
export async function bundleAll(root) {
  await mkdir(`${root}/build`, { recursive: true });
  const fresh = `${root}/build/.fresh-${process.pid}`;
  try {
    await Promise.all([
      build({
        ...common,
        entryPoints: { workshop: `${root}/scripts/cli/main.ts`, sandbox: `${root}/sandbox/main.ts` },
        outdir: fresh,
        splitting: true,
        chunkNames: 'chunks/[name]-[hash]',
      }),
      build({ ...common, entryPoints: { proxy: `${root}/proxy/main.ts` }, outdir: fresh }),
      build({ ...common, entryPoints: { loadbalancer: `${root}/loadbalancer/main.ts` }, outdir: fresh }),
      build({
        ...common,
        entryPoints: { schema: `${root}/scripts/build/schema.ts` },
        outdir: `${fresh}/once`,
      }),
    ]);
    const { buildSchema } = await import(`${fresh}/once/schema.js`);
    await buildSchema({ root, outFile: `${root}/build/schema.json` });
    await install(fresh, `${root}/build`);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Old chunks stay for the programs that still run from them; their names hold a hash. */
async function install(from, to) {
  await mkdir(`${to}/chunks`, { recursive: true });
  // Moved, not copied: a program that starts at this moment finds each chunk whole.
  for (const name of await readdir(`${from}/chunks`))
    await rename(`${from}/chunks/${name}`, `${to}/chunks/${name}`);
  for (const name of ['workshop.js', 'sandbox.js', 'proxy.js', 'loadbalancer.js'])
    await rename(`${from}/${name}`, `${to}/${name}`);
}

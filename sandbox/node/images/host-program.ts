import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { run } from '../../../lib/exec.ts';
import { hostPath } from '../runtime/spawn.ts';

/** Where a program of this machine lies, or undefined. `node` is the one that runs this process. */
export function findProgram(name: string): string | undefined {
  if (name === 'node') return process.execPath;
  for (const folder of hostPath.split(':')) {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK);
      return `${folder}/${name}`;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/**
 * The files that a program cannot start without, by their paths: its libraries, and what these load at every start.
 * Debian builds Node.js as a library that reads some of its built-in modules from files (`--shared-builtin-…/…-path` of its
 * configure script); without them it crashes before the first line. Throws ExecError.
 */
export async function filesOf(program: string): Promise<string[]> {
  const libraries = await librariesOf(program);
  const node = libraries.filter((library) => /\/libnode\.so[.\d]*$/.test(library));
  return [...libraries, ...node.flatMap(modulesNamedIn)];
}

/** The script files that a library of Node.js names and that are there. */
export function modulesNamedIn(library: string): string[] {
  const named = readFileSync(library, 'latin1').matchAll(/\0(\/[\w@./-]+\.js)(?=\0)/g);
  return [...new Set(Array.from(named, ([, path = '']) => path))].filter((path) => existsSync(path));
}

/** The files that a dynamically linked program loads: its libraries and the loader itself, by their paths. Throws ExecError. */
export async function librariesOf(program: string): Promise<string[]> {
  const { stdout, stderr } = await run('ldd', [program], { okCodes: [0, 1] });
  if (/not a dynamic executable|statically linked/.test(stdout + stderr)) return [];
  return stdout.split('\n').flatMap((line) => {
    const [, path] = /(?:=>\s*|^\s*)(\/\S+)\s+\(0x/.exec(line) ?? [];
    return path === undefined ? [] : [path];
  });
}

import { accessSync, constants } from 'node:fs';
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

/** The files that a dynamically linked program loads: its libraries and the loader itself, by their paths. Throws ExecError. */
export async function librariesOf(program: string): Promise<string[]> {
  const { stdout, stderr } = await run('ldd', [program], { okCodes: [0, 1] });
  if (/not a dynamic executable|statically linked/.test(stdout + stderr)) return [];
  return stdout.split('\n').flatMap((line) => {
    const [, path] = /(?:=>\s*|^\s*)(\/\S+)\s+\(0x/.exec(line) ?? [];
    return path === undefined ? [] : [path];
  });
}

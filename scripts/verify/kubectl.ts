import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Environment } from '../../lib/paths.ts';

/** The path of the machine's kubectl; undefined where there is none. */
export async function findKubectl(env: Environment): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, 'kubectl');
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found && folder !== '') return file;
  }
  return undefined;
}

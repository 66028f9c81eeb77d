import { WorkshopError } from '../../lib/errors.ts';
import { ExecError, run } from '../../lib/exec.ts';

/** Vagrant's name for it; the Vagrantfile looks for this one first. */
export const boxName = 'workshop-lab';

/** Tells Vagrant about the box, in place of an older one. Throws WorkshopError `environment`. */
export async function addBox(file: string, signal: AbortSignal): Promise<void> {
  const args = ['box', 'add', '--force', '--name', boxName, '--provider', 'libvirt', file];
  try {
    await run('vagrant', args, { env: { VAGRANT_CHECKPOINT_DISABLE: '1' }, signal });
  } catch (error) {
    signal.throwIfAborted();
    const missing = error instanceof ExecError && error.kind === 'missing';
    const why = missing ? 'there is no Vagrant here' : error instanceof Error ? error.message : String(error);
    throw new WorkshopError('environment', `could not add ${file} to Vagrant: ${why}`, {
      advice: missing ? 'workshop box build --no-add' : `vagrant box add --name ${boxName} ${file}`,
      cause: error,
    });
  }
}

import { fileIn, readBundle } from '../../../lib/bundle/bundle.ts';
import { requireVerified } from '../../../lib/bundle/verified.ts';
import type { Phase } from './work.ts';

/** Everything that the machines need beyond their box: whole, or nothing is begun. */
export const bundle: Phase = {
  name: 'bundle',
  does: ({ record }) => `verify the bundle ${record.bundle}`,
  async run({ record, env, signal }) {
    const found = readBundle(record.bundle);
    fileIn(found, 'bin/kubeadm');
    await requireVerified(found, env, signal);
  },
};

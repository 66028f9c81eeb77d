import { WorkshopError } from '../../../lib/errors.ts';
import { machineFindings } from '../../doctor/vagrant/findings.ts';
import type { Phase } from './work.ts';

/** What keeps machines from being made is said before anything is begun. */
export const preflight: Phase = {
  name: 'preflight',
  does: () => 'look whether this computer has what it takes (workshop doctor --backend vagrant)',
  async run({ settings, env, record, signal, note }) {
    const findings = await machineFindings({ settings, env, bundle: record.bundle, signal });
    const [first, ...others] = findings.filter(({ ok, required }) => !ok && required);
    if (!first) return;
    for (const { id, message } of others) note(`   also ${id}: ${message}`);
    throw new WorkshopError('environment', `could not make the machines: ${first.message}`, {
      ...(first.advice !== undefined && { advice: first.advice }),
    });
  },
};

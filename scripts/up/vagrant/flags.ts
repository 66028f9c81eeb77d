import type { FlagSpecs } from '../../cli/command.ts';

/** The flags of `workshop up` that are about virtual machines. */
export const machineFlags: FlagSpecs = {
  from: { type: 'string', value: 'PHASE', summary: 'with --backend vagrant: begin with this phase' },
  'dry-run': { type: 'boolean', summary: 'with --backend vagrant: print the phases, do nothing' },
  provider: { type: 'string', value: 'NAME', summary: 'with --backend vagrant: libvirt or virtualbox' },
};

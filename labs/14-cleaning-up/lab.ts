import type { LabDefinition } from '../lab.ts';
import { nothingLeft } from './nothing-left.check.ts';
import { orphans } from './steps/10-orphans/step.ts';
import { nothingLeftStep } from './steps/20-nothing-left/step.ts';

export const cleaningUp: LabDefinition = {
  id: '14-cleaning-up',
  title: 'Cleaning up',
  checks: [nothingLeft],
  steps: [orphans, nothingLeftStep],
};

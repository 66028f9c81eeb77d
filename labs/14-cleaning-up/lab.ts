import type { LabDefinition } from '../lab.ts';
import { nothingLeft } from './nothing-left.check.ts';

export const cleaningUp: LabDefinition = {
  id: '14-cleaning-up',
  title: 'Cleaning up',
  checks: [nothingLeft],
};

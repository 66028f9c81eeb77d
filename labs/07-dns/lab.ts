import type { LabDefinition } from '../lab.ts';
import { names } from './names.check.ts';

export const dns: LabDefinition = {
  id: '07-dns',
  title: 'Names: the cluster DNS',
  checks: [names],
};

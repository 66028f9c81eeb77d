import { missingPackages, packagesOf } from '../setup/packages.js';
import { bad, type Finding, good } from './check.ts';

/** Looks for every program that the sandbox runs. */
export function checkPrograms(path?: string, exists?: (file: string) => boolean): Finding[] {
  const missing = missingPackages(path, exists);
  if (missing.length === 0) return [good('programs', Object.keys(packagesOf).join(', '))];
  const programs = Object.keys(packagesOf).filter((name) => missing.includes(packagesOf[name] ?? ''));
  const what = missing.length === 1 ? 'a system package is missing' : 'system packages are missing';
  return [
    bad('programs', `${what} (for ${programs.join(', ')})`, `sudo apt-get install -y ${missing.join(' ')}`),
  ];
}

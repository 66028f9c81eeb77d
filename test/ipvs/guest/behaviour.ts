import { baseFlags } from '../../behaviour/scenario.ts';
import { describeBehaviour } from '../../behaviour/suite.ts';

/** Defines the behaviour suite, which all modes share, for mode ipvs. */
export function defineBehaviour(): void {
  describeBehaviour({
    mode: 'ipvs',
    families: ['IPv4'],
    flagsOf,
    programs: '/workshop',
    userNamespace: false,
    startMs: 120_000,
    timeoutMs: 180_000,
  });
}

function flagsOf(flags: readonly string[]): string[] {
  const base = flags.includes('--detect-local-mode') ? [] : baseFlags.slice(0, 2);
  // Reading everything back every two seconds would leave an emulated machine time for nothing else.
  return [...base, '--ipvs-sync-period', '30s', ...flags];
}

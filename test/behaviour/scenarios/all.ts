import type { Scenario } from '../scenario.ts';
import type { Mode } from '../world.ts';
import { affinityScenarios } from './affinity.ts';
import { clusterIpScenarios } from './cluster-ip.ts';
import { connectionScenarios } from './connections.ts';
import { endpointScenarios } from './endpoints.ts';
import { externalScenarios } from './external.ts';
import { flagScenarios } from './flags.ts';
import { lifecycleScenarios } from './lifecycle.ts';
import { modeScenarios } from './modes.ts';
import { operationScenarios } from './operations.ts';
import { sctpScenarios } from './sctp.ts';

/** The one list of scenarios, without those that are not for `mode`. */
export function scenariosFor(mode: Mode): Scenario[] {
  return scenarios.filter(({ modes }) => modes === undefined || modes.includes(mode));
}

const scenarios: readonly Scenario[] = [
  ...clusterIpScenarios,
  ...externalScenarios,
  ...affinityScenarios,
  ...endpointScenarios,
  ...lifecycleScenarios,
  ...connectionScenarios,
  ...operationScenarios,
  ...flagScenarios,
  ...sctpScenarios,
  ...modeScenarios,
];

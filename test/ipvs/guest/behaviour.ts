import { readFileSync } from 'node:fs';
import { baseFlags, createStage, type Scenario } from '../../behaviour/scenario.ts';
import { affinityScenarios } from '../../behaviour/scenarios/affinity.ts';
import { clusterIpScenarios } from '../../behaviour/scenarios/cluster-ip.ts';
import { endpointScenarios } from '../../behaviour/scenarios/endpoints.ts';
import { externalScenarios } from '../../behaviour/scenarios/external.ts';
import { lifecycleScenarios } from '../../behaviour/scenarios/lifecycle.ts';
import { operationScenarios } from '../../behaviour/scenarios/operations.ts';
import { createWorld, nodes, putNodes, type World } from '../../behaviour/world.ts';

/** Defines the behaviour suite, which all modes share, for mode ipvs: real proxies on two nodes, fed by an API server. */
export function defineBehaviour(): void {
  describe('behaviour of the proxy, mode ipvs, IPv4', () => {
    let world: World;

    before(async function () {
      this.timeout(180_000);
      world = await createWorld({
        mode: 'ipvs',
        programs: '/workshop',
        userNamespace: false,
        startMs: 120_000,
      });
    });

    afterEach(function () {
      if (this.currentTest?.state !== 'failed') return;
      for (const name of nodes) {
        const log = readFileSync(`${world.folder}/${name}.log`, 'utf8');
        process.stdout.write(`${name}:\n${log.split('\n').slice(-8).join('\n')}\n`);
      }
    });

    after(() => world?.close());

    for (const scenario of scenarios) {
      it(`${scenario.name} (${scenario.rule})`, async function () {
        this.timeout(180_000);
        world.api.clear();
        putNodes(world.api);
        await world.useProxies(flagsOf(scenario));
        await world.settled();
        await scenario.run(createStage(world, 'IPv4'));
      });
    }
  });
}

/** Without those that look into the table of mode nftables, choose its schedulers or wait for several checks. */
const scenarios: readonly Scenario[] = [
  ...clusterIpScenarios,
  ...externalScenarios,
  ...affinityScenarios,
  ...endpointScenarios,
  ...lifecycleScenarios,
  ...operationScenarios,
].filter(
  ({ family, flags, run }) =>
    family !== 'IPv6' &&
    !flags?.includes('--nftables-scheduler') &&
    !/\.nft\(|drift_checks/.test(String(run)),
);

function flagsOf({ flags = [] }: Scenario): string[] {
  const base = flags.includes('--detect-local-mode') ? [] : baseFlags.slice(0, 2);
  // Reading everything back every two seconds would leave an emulated machine time for nothing else.
  return [...base, '--ipvs-sync-period', '30s', ...flags];
}

import { readFileSync } from 'node:fs';
import type { Family } from '../../lib/ip.ts';
import { baseFlags, createStage, type Scenario } from './scenario.ts';
import { affinityScenarios } from './scenarios/affinity.ts';
import { clusterIpScenarios } from './scenarios/cluster-ip.ts';
import { endpointScenarios } from './scenarios/endpoints.ts';
import { externalScenarios } from './scenarios/external.ts';
import { lifecycleScenarios } from './scenarios/lifecycle.ts';
import { modeScenarios } from './scenarios/modes.ts';
import { operationScenarios } from './scenarios/operations.ts';
import { sctpScenarios } from './scenarios/sctp.ts';
import { createWorld, nodes, putNodes, type World } from './world.ts';

const scenarios: readonly Scenario[] = [
  ...clusterIpScenarios,
  ...externalScenarios,
  ...affinityScenarios,
  ...endpointScenarios,
  ...lifecycleScenarios,
  ...operationScenarios,
  ...sctpScenarios,
  ...modeScenarios,
];

describe('behaviour of the proxy, mode nftables', function () {
  // Long, for a machine that is busy with other things.
  this.timeout(120_000);
  let world: World;

  before(async function () {
    this.timeout(120_000);
    world = await createWorld();
  });

  afterEach(function () {
    if (this.currentTest?.state !== 'failed') return;
    for (const name of nodes) process.stderr.write(`${name}:\n${lastLines(`${world.folder}/${name}.log`)}\n`);
  });

  after(async () => {
    await world?.close();
  });

  for (const family of ['IPv4', 'IPv6'] as const satisfies readonly Family[]) {
    describe(family, () => {
      for (const scenario of byFlags(scenarios)) {
        if (scenario.family !== undefined && scenario.family !== family) continue;
        it(`${scenario.name} (${scenario.rule})`, async () => {
          world.api.clear();
          putNodes(world.api);
          await world.useProxies([...baseFlagsFor(scenario), ...(scenario.flags ?? [])]);
          // What the last scenario left must be gone before: a Service that only changed would keep its clients' affinity.
          await world.settled();
          await scenario.run(createStage(world, family));
        });
      }
    });
  }
});

/** What the proxy of a node said last, for the reader of a failure. */
function lastLines(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-25).join('\n');
}

/** Those with the same flags one after the other, so that proxies start seldom. */
function byFlags(list: readonly Scenario[]): Scenario[] {
  const key = (scenario: Scenario) => (scenario.flags ?? []).join(' ');
  return [...new Set(list.map(key))].flatMap((flags) => list.filter((scenario) => key(scenario) === flags));
}

/** Another way to tell pods takes the place of the usual one. */
function baseFlagsFor({ flags = [] }: Scenario): readonly string[] {
  return flags.includes('--detect-local-mode') ? baseFlags.slice(2) : baseFlags;
}

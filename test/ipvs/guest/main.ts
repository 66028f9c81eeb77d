import { readFileSync } from 'node:fs';
import Mocha from 'mocha';
import { defineBehaviour } from './behaviour.ts';
import { balancingScenarios } from './scenarios/balancing.ts';
import { doorScenarios } from './scenarios/doors.ts';
import { leavingScenarios } from './scenarios/leaving.ts';
import { repairScenarios } from './scenarios/repair.ts';
import { schedulerScenarios } from './scenarios/schedulers.ts';
import { createStage } from './stage.ts';
import { createWorld, type World } from './world.ts';

/** Each scenario of these begins with nothing. */
const groups = {
  'who is reached': balancingScenarios,
  'which door lets whom in': doorScenarios,
  'endpoints that leave': leavingScenarios,
};

/** Runs the scenarios inside the emulated machine, where this process is the node; ends with the real totals. */
async function main(): Promise<number> {
  const { grep, behaviour = false } = JSON.parse(readFileSync('/workshop/arguments.json', 'utf8')) as {
    grep?: string;
    behaviour?: boolean;
  };
  const mocha = new Mocha({
    reporter: 'spec',
    timeout: 60_000,
    slow: 20_000,
    color: false,
    ...(grep && { grep }),
  });
  // This is how mocha's own loader gives `describe` and `it` to a file.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  if (behaviour) defineBehaviour();
  else defineScenarios();
  const runner = await new Promise<Mocha.Runner>((resolve) => {
    const running = mocha.run(() => resolve(running));
  });
  const { passes = 0, failures = 0 } = runner.stats ?? {};
  process.stdout.write(`${passes} passed, ${failures} failed\n`);
  return failures > 0 || passes === 0 ? 1 : 0;
}

function defineScenarios(): void {
  let world: World | undefined;
  const stages = {
    IPv4: createStage('IPv4', () => world),
    IPv6: createStage('IPv6', () => world),
  };
  before('network', async () => {
    world = await createWorld();
  });
  after('network', () => world?.close());
  for (const family of ['IPv4', 'IPv6'] as const) {
    describe(`ipvs, ${family}`, () => {
      const stage = stages[family];
      for (const [title, define] of Object.entries(groups)) {
        describe(title, () => {
          beforeEach(() => stage.next());
          afterEach(async function () {
            if (this.currentTest?.state === 'failed') process.stdout.write(await stage.facts());
            stage.remove();
            await stage.sync();
          });
          define(stage);
        });
      }
      if (family === 'IPv4') {
        describe('schedulers, changed without a restart', () => schedulerScenarios(stage));
        describe('with a virtual server of somebody else', () => repairScenarios(stage));
      }
      after(() => stage.close());
    });
  }
}

// Agents' sockets would keep it alive when a test has failed between opening and closing.
process.exit(await main());

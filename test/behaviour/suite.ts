import { readFileSync } from 'node:fs';
import type { Family } from '../../lib/ip.ts';
import { baseFlags, createStage, type Scenario } from './scenario.ts';
import { scenariosFor } from './scenarios/all.ts';
import { createWorld, type Mode, nodes, putNodes, type World, type WorldGiven } from './world.ts';

/** What is of one mode alone. */
export interface Behaviour extends Omit<WorldGiven, 'mode'> {
  readonly mode: Mode;
  /** What only this mode shows, beside the scenarios that are for all. */
  readonly own?: readonly Scenario[];
  readonly families?: readonly Family[];
  /** The proxies' flags for a scenario that asks for these. */
  readonly flagsOf?: (flags: readonly string[]) => readonly string[];
  /** How long a scenario may take, and twice as long the making of the world. Long: machines are busy with other things. */
  readonly timeoutMs: number;
}

/** Defines the behaviour suite of one mode for mocha: each scenario with real proxies on two nodes, fed by an API server. */
export function describeBehaviour({ mode, own = [], timeoutMs, ...given }: Behaviour): void {
  const { families = ['IPv4', 'IPv6'], flagsOf = usualFlags, ...worldGiven } = given;
  const scenarios = byFlags([...scenariosFor(mode), ...own]);

  describe(`behaviour of the proxy, mode ${mode}`, function () {
    this.timeout(timeoutMs);
    let world: World;

    before(async function () {
      this.timeout(2 * timeoutMs);
      world = await createWorld({ mode, ...worldGiven });
    });

    afterEach(function () {
      if (this.currentTest?.state !== 'failed') return;
      for (const name of nodes)
        process.stderr.write(`${name}:\n${lastLines(`${world.folder}/${name}.log`)}\n`);
    });

    after(() => world?.close());

    for (const family of families) {
      describe(family, () => {
        for (const scenario of scenarios) {
          if (scenario.family !== undefined && scenario.family !== family) continue;
          it(`${scenario.name} (${scenario.rule})`, async () => {
            world.api.clear();
            putNodes(world.api);
            await world.useProxies(flagsOf(scenario.flags ?? []));
            // What the last scenario left must be gone before: a Service that only changed would keep its clients' affinity.
            await world.settled();
            await forgetHalfOpen(world);
            await scenario.run(createStage(world, family));
          });
        }
      });
    }
  });
}

/**
 * A connection that was begun while its Service was away stays untranslated in the kernel for two minutes (net.netfilter.
 * nf_conntrack_tcp_timeout_syn_sent), and a client that comes from the same port in that time is refused.
 */
async function forgetHalfOpen({ agents }: World): Promise<void> {
  const command = 'conntrack';
  for (const family of ['ipv4', 'ipv6'])
    for (const name of nodes)
      await agents[name].exec({ command, args: ['-D', '-f', family, '-p', 'tcp', '--state', 'SYN_SENT'] });
}

/** `baseFlags` and the scenario's, where another way to tell pods takes the place of the usual one. */
export function usualFlags(flags: readonly string[]): string[] {
  return [...(flags.includes('--detect-local-mode') ? baseFlags.slice(2) : baseFlags), ...flags];
}

/** Those with the same flags one after the other, so that proxies start seldom. */
function byFlags(list: readonly Scenario[]): Scenario[] {
  const key = ({ flags = [] }: Scenario) => flags.join(' ');
  return [...new Set(list.map(key))].flatMap((flags) => list.filter((scenario) => key(scenario) === flags));
}

/** What the proxy of a node said last, for the reader of a failure. */
function lastLines(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-12).join('\n');
}

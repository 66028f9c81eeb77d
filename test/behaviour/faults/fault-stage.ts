import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { bundleInto } from '../../proxy/bundle.ts';
import { createStage, type Stage } from '../scenario.ts';
import { createWorld, type Mode, putNodes } from '../world.ts';
import { type FaultyProgram, faultyProgram, pathWith } from './faulty-program.ts';
import { stream } from './stream.ts';

/** A mode of the proxy and the programs it needs. */
export interface Needs {
  readonly mode: Mode;
  /** Brings rules into the kernel. */
  readonly writer: string;
  /** Looks whether they are still there. */
  readonly reader: string;
  /** Without it there is neither. */
  readonly file: string;
}

/** Two nodes; the programs that n1's proxy needs do what the test wants, n2's are as usual. */
export interface FaultStage extends Stage {
  readonly needs: Needs;
  program(name: string): FaultyProgram;
  /** One Service with one endpoint, a1, at work everywhere; programs without a fault. */
  reset(): Promise<void>;
  /** Ends n1's proxy and starts it anew. With `hurry` its time limits are a sixtieth of what they are. */
  restart(options?: { hurry: boolean }): Promise<void>;
  /** Takes the file away, and with it all that stood before it; gives it back. */
  takeAway(): Promise<void>;
  giveBack(): Promise<void>;
  log(): string;
  failures(): Promise<number>;
  /** Until `/healthz` says so. */
  healthz(code: 200 | 503): Promise<void>;
  answersOf(name: string): Promise<void>;
  /** Meanwhile no request of a pod meets anything but these answers, and an established connection goes on. */
  meanwhile(right: RegExp, act: () => Promise<void>): Promise<void>;
}

export async function createFaultStage(needs: Needs): Promise<FaultStage> {
  const world = await createWorld({ mode: needs.mode });
  await bundleInto(world.folder, { hurry: 'test/behaviour/faults/hurry.ts' });
  const bin = `${world.folder}/bin`;
  const programs = new Map<string, FaultyProgram>();
  const t = createStage(world, 'IPv4');
  const log = () => readFileSync(`${world.folder}/n1.log`, 'utf8');

  async function start(hurry: boolean): Promise<void> {
    const options = hurry ? { NODE_OPTIONS: `--import=${world.folder}/hurry.mjs` } : {};
    await world.startProxy('n1', flags, { ...pathWith(bin), ...options });
  }

  async function sh(script: string): Promise<void> {
    expect(await world.agents.n1.exec({ command: 'sh', args: ['-c', script] })).to.include({ code: 0 });
  }

  const stage: FaultStage = {
    ...t,
    needs,
    program(name) {
      const program = programs.get(name) ?? faultyProgram(bin, name);
      programs.set(name, program);
      return program;
    },
    async reset() {
      for (const program of programs.values()) program.become('none');
      world.api.clear();
      putNodes(world.api);
      t.service();
      t.endpoints(['a1']);
      await world.settled();
    },
    async restart({ hurry } = { hurry: false }) {
      await world.stopProxy('n1');
      await start(hurry);
    },
    // Nobody can execute /dev/null. The world has a mount namespace of its own.
    takeAway: () => sh(`mv ${bin} ${bin}-away && mount --bind /dev/null ${needs.file}`),
    giveBack: () => sh(`umount ${needs.file} && mv ${bin}-away ${bin}`),
    log,
    failures: () => t.metric('n1', `kubeproxy_sync_proxy_rules_${failuresOf[needs.mode]}_failures_total`),
    healthz: (code) =>
      t.eventually(`${code} of /healthz`, async () => {
        return (await world.agents.n1.http({ url: 'http://127.0.0.1:10256/healthz' })).code === code;
      }),
    answersOf: (name) =>
      t.eventually(`an answer of ${name}`, async () => {
        return (await t.names('c1', t.vip(80), 80, { timeoutMs: 500 }))[0] === name;
      }),
    meanwhile: (right, act) => meanwhile(t, right, act),
  };
  for (const name of [needs.writer, needs.reader]) stage.program(name);
  await start(false);
  await world.startProxy('n2', flags);
  return stage;
}

/** kube-proxy's names. */
const failuresOf: Readonly<Record<Mode, string>> = {
  nftables: 'nftables_sync',
  userspace: 'nftables_sync',
  iptables: 'iptables_restore',
  ipvs: 'iptables_restore',
};

const flags = [
  ...['--cluster-cidr', '172.16.0.0/16,fd16::/32'],
  ...['--nftables-sync-period', '250ms', '--iptables-sync-period', '250ms'],
];

async function meanwhile(t: Stage, right: RegExp, act: () => Promise<void>): Promise<void> {
  const { c1 } = t.world.agents;
  const order = { key: 'held', protocol: 'tcp', host: t.vip(80), port: 80, timeoutMs: 3000 } as const;
  expect(await c1.hold(order)).to.match(/^a1 /);
  const requests = stream(async () => {
    // The two processors are for the proxies first.
    await delay(10);
    return await t.names('c1', t.vip(80), 80);
  }, right);
  try {
    await act();
  } catch (error) {
    await requests.end().catch(() => {});
    throw error;
  }
  expect((await requests.end()).wrong).to.eql([]);
  expect(await c1.say({ key: 'held', word: 'on' })).to.equal('on');
}

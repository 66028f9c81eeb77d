import { expect } from 'chai';
import type { Check, Lab } from '../lab.ts';
import { rotationBreak } from '../statistics.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { askForMode, type ProxyState, whileAsked } from '../steps/proxy-mode.ts';
import {
  type Answer,
  allAnswered,
  answersOf,
  askFromPod,
  describeAnswers,
  firstRefusal,
} from '../steps/requests.ts';
import { addressesInRules } from '../steps/rules.ts';
import { soon } from '../steps/soon.ts';
import { nodeOfClient, page, servedPages } from './pages.ts';

export const ipvs: Check = {
  claims: ['P-04'],
  title:
    'in ipvs mode the kernel spreads by the scheduler asked for; where it has no ipvs, iptables takes its place',
  look: 'workshop proxy status, workshop logs proxy@NODE; on the node: ipvsadm -Ln, lsmod',
  timeoutMs: 60_000,
  alone: true,
  async run(lab) {
    await servedPages(lab);
    const node = await nodeOfClient(lab);
    const address = await clusterIpOf(lab, page);
    await whileAsked(lab, node, 'ipvs', async (state) => {
      const said = state.mode === 'ipvs' ? await everyScheduler(lab, node, address) : fallback(state);
      const answers = await soon(lab, () => ask(lab, address));
      allAnswered(answers, `in mode ${state.mode}`);
      const [found] = await addressesInRules(lab, node, [address]);
      expect(found, `the cluster IP in the tables of ${node}`).to.equal(address);
      lab.seen(`${said}; ${describeAnswers(answers)}`);
    });
  },
};

/** The document: "If the modules are not detected, kube-proxy falls back to iptables." And it says so. */
function fallback({ mode, why = '' }: ProxyState): string {
  expect(mode, 'the mode in place of ipvs').to.equal('iptables');
  expect(why, 'what the proxy says of it').to.match(/ipvs: ./);
  return `${mode} in place of ${why}`;
}

const schedulers = ['rr', 'lc', 'dh', 'sh', 'sed', 'nq'] as const;

async function everyScheduler(lab: Lab, node: string, address: string): Promise<string> {
  for (const scheduler of schedulers) {
    await askForMode(lab, node, 'ipvs', scheduler);
    const { stdout } = await lab.onNode(node, ['ipvsadm', '-Ln', '-t', `${address}:80`]);
    expect(stdout, `the kernel's table for ${address}:80`).to.match(new RegExp(`:80 ${scheduler}\\b`));
    const fits = (answers: readonly Answer[]) =>
      firstRefusal(answers) === undefined && fitsScheduler(scheduler, answersOf(answers));
    const answers = await soon(lab, () => ask(lab, address), fits);
    expect(fits(answers), `who answers under ${scheduler} (${describeAnswers(answers)})`).to.equal(true);
  }
  return `schedulers ${schedulers.join(', ')}`;
}

/** dh and sh pick by an address, which is the same each time; rr takes turns; the others reach every pod when all are idle. */
function fitsScheduler(scheduler: string, names: readonly string[]): boolean {
  const different = new Set(names).size;
  if (scheduler === 'dh' || scheduler === 'sh') return different === 1;
  return scheduler === 'rr' ? different === 3 && rotationBreak(names, 3) === undefined : different > 0;
}

function ask(lab: Lab, address: string): Promise<Answer[]> {
  return askFromPod(lab, 'debug', `http://${address}`, { times: 30 });
}

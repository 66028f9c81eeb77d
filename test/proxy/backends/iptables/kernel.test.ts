import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { run } from '../../../../lib/exec.ts';
import { bundleInto } from '../../bundle.ts';

/** A backend at work on real tables, in a user and network namespace of its own where big messages are refused. */
describe('the iptables backend and the kernel', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/kernel-test-`);
    await bundleInto(folder, { steps: 'test/proxy/backends/iptables/kernel-steps.ts' });
  });

  after(() => rmSync(folder, { recursive: true }));

  for (const variant of ['nft', 'legacy'] as const) {
    describe(`iptables-${variant}`, () => {
      async function steps(name: string): Promise<Record<string, unknown>> {
        const program = [process.execPath, `${folder}/steps.mjs`, name, variant];
        const { stdout } = await run('unshare', [...inOwnSpaces, ...program]);
        return JSON.parse(stdout) as Record<string, unknown>;
      }

      it('knows its rules again in what the kernel shows, in all their forms', async () => {
        const seen = await steps('round');
        expect(Object.keys(seen)).to.have.length(14);
        for (const [name, what] of Object.entries(seen)) expect([name, what]).to.eql([name, [true, 0, null]]);
      });

      it('writes more rules than fit into one message', async () => {
        // Three endpoints each; nodes' ports are one line more.
        expect(await steps('many')).to.eql({ services: 801, chains: 800 * 4 + 1, difference: null });
      });

      it('serves a Service with more endpoints than fit into one message', async () => {
        expect(await steps('crowd')).to.eql({ before: null, endpoints: 1200 });
      });

      it('finds single rules that are missing or not ours, and mends them', async () => {
        expect(await steps('drift')).to.eql({
          rule: ['missing: -A KUBE-SERVICES …', null],
          foreign: ['not ours: -A KUBE-SERVICES -s 1.2.3.4/32 -j RETURN in table nat', null],
          jump: ['missing: -A PREROUTING …', null],
          flushed: ['missing or changed: chain … of table nat', null],
          table: ['missing or changed: chain KUBE-MARK-MASQ of table nat', null],
          filter: ['missing or changed: chain KUBE-FORWARD of table filter', null],
        });
      });

      it('fails when the kernel refuses a change, and is whole again after a full sync', async () => {
        expect(await steps('refusal')).to.eql({ failed: true, differenceAfter: null });
      });

      it('changes nothing of an earlier process that is as it should be, and removes what nobody needs', async () => {
        expect(await steps('takeover')).to.eql({ written: 0, gone: true, stays: true });
      });

      it('leaves nothing behind when cleaned up, and touches nothing of others', async () => {
        expect(await steps('cleanup')).to.eql({
          removed: true,
          again: [],
          untouched: true,
          left: false,
          remembered: true,
        });
      });

      if (variant === 'nft') {
        it('works beside rules that only nft can express, which hide the table from iptables', async () => {
          expect(await steps('hidden')).to.eql({
            clean: null,
            jumps: 1,
            services: ['172.17.0.3', '172.17.0.2'],
            difference: 'missing: -A PREROUTING',
            left: false,
            theirs: true,
          });
        });
      }

      it('says whether it can work here, without leaving a trace', async () => {
        expect(await steps('support')).to.eql({ here: null, trace: false });
      });
    });
  }
});

/** With a /run of its own, where the legacy program has its lock. */
const inOwnSpaces = [
  ...['--user', '--map-root-user', '--net', '--mount'],
  ...['sh', '-c', 'mount -t tmpfs none /run; exec "$@"', '-'],
];

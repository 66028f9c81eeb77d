import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { run } from '../../../../lib/exec.ts';
import { bundleInto } from '../../bundle.ts';

/** A backend at work on real tables, in a user and network namespace of its own where big messages are refused. */
describe('the nftables backend and the kernel', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/kernel-test-`);
    await bundleInto(folder, { steps: 'test/proxy/backends/nftables/kernel-steps.ts' });
  });

  after(() => rmSync(folder, { recursive: true }));

  async function steps(name: string): Promise<Record<string, unknown>> {
    const program = [process.execPath, `${folder}/steps.mjs`, name];
    const { stdout } = await run('unshare', ['--user', '--map-root-user', '--net', ...program]);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  it('builds a table too big for one message in pieces that go live at once at the end', async () => {
    const seen = await steps('pieces');
    expect(seen).to.eql({ tables: ['workshop-proxy'], services: 3000, hooked: true, difference: null });
  });

  it('replaces a live table of that size under the other name, so that one of them is live at any time', async () => {
    const seen = await steps('swap');
    expect(seen).to.eql({ tables: ['workshop-proxy-b'], services: 3000, hooked: true, difference: null });
  });

  it('keeps affinity records of units and endpoints that are still there, over a replacement by another process', async () => {
    expect(await steps('affinity')).to.eql({
      IPv4: ['172.16.1.9 to 172.16.1.3 . 8080'],
      IPv6: ['fd16::9 to fd16::3 . 8080'],
    });
  });

  it('fails as a whole when the kernel refuses a change, and is whole again after a full sync', async () => {
    expect(await steps('refusal')).to.eql({ failed: true, differenceAfter: null });
  });

  it('finds missing, changed and foreign things', async () => {
    expect(await steps('drift')).to.eql({
      clean: null,
      element: 'missing: element 172.17.0.0 . tcp . 80 of services',
      foreignElement: 'not ours: element 9.9.9.9 . tcp . 80 of services',
      rule: 'changed:',
      table: 'table ip workshop-proxy is missing',
    });
  });

  it('finds what was changed before it ever looked, and what was changed before the table grew', async () => {
    expect(await steps('unseen')).to.eql({
      rule: 'changed: chain nat-prerouting',
      ruleBeforeGrowth: 'changed: chain nat-prerouting',
      double: 'changed: chain firewall',
      chain: 'not ours: chain mine',
      verdict: 'not ours: element 0x7c0000 of classes',
      nodeIp: 'not ours: element 9.9.9.9 of node-ips',
      clean: null,
      tables: 'table ip workshop-proxy',
    });
  });
});

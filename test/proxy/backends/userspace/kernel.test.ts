import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { run } from '../../../../lib/exec.ts';
import { bundleInto } from '../../bundle.ts';

/** A backend at work with real sockets and rules, in a user and network namespace of its own. */
describe('the userspace backend and the kernel', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/kernel-test-`);
    await bundleInto(folder, { steps: 'test/proxy/backends/userspace/kernel-steps.ts' });
  });

  after(() => rmSync(folder, { recursive: true }));

  async function steps(name: string, limit: string[] = []): Promise<unknown> {
    const program = [...limit, process.execPath, `${folder}/steps.mjs`, name];
    const { stdout } = await run('unshare', ['--user', '--map-root-user', '--net', ...program]);
    return JSON.parse(stdout) as unknown;
  }

  it('serves cluster IPs, follows changes, refuses without endpoints, and leaves nothing after a cleanup', async () => {
    expect(await steps('serve')).to.eql({
      reason: null,
      servers: ['192.168.56.11:PORT'],
      both: ['a', 'b', 'a'],
      changed: ['b', 'a'],
      none: 'ECONNREFUSED',
      removed: ['ip workshop-proxy-userspace'],
      left: [],
    });
  });

  it('finds missing and foreign things, and is whole again after a full sync', async () => {
    expect(await steps('drift')).to.eql({
      clean: 'nothing',
      element: 'missing: element 172.17.0.1 . tcp . 80 of s'.slice(0, 40),
      rule: 'not ours: {"rule"',
      chain: 'missing or changed: {"rule"',
      table: 'the table is missing',
      repaired: 'nothing',
    });
  });

  it('writes a table that is too big for one message', async () => {
    expect(await steps('many')).to.eql({ services: 2500, difference: null });
  });

  it('turns clients away when files run out, and goes on when there are some again', async () => {
    const limit = ['prlimit', '--nofile=120:120'];
    expect(await steps('files', limit)).to.eql({ some: true, notAll: true, total: 300, later: true });
  });

  it('does not hold up other connections while it waits for a silent endpoint', async () => {
    expect(await steps('silent')).to.eql(['quick a', 'slow a']);
  });

  it('refuses the Services for which the range has no port left, serves the others, and says so', async () => {
    expect(await steps('range')).to.eql({
      failure: 'could not open a proxy port: 41000-41001 are all taken',
      served: ['a', 'a'],
      third: 'ECONNREFUSED',
    });
  });
});

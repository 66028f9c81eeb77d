import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { run } from '../../lib/exec.ts';
import { bundleInto } from './bundle.ts';
import { startFakeApi } from './fake-api.ts';
import { node, service, slice } from './objects.ts';

/** The proxy as a process: what it prints and how it ends. */
describe('the proxy as a command', function () {
  this.timeout(30_000);

  let folder: string;

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/proxy-main-`);
    await bundleInto(folder, { proxy: 'proxy/main.ts' });
  });

  after(() => rmSync(folder, { recursive: true }));

  const proxy = (args: string[], okCodes = [0]) =>
    run(process.execPath, [`${folder}/proxy.mjs`, ...args], { okCodes });

  it('explains itself', async () => {
    expect((await proxy(['--help'])).stdout).to.match(
      /^The node proxy: [\s\S]*Usage: proxy --kubeconfig FILE/,
    );
  });

  it('says what is wrong with a command line, and what was meant', async () => {
    const { stderr } = await proxy(['--kubeconfg', 'x'], [2]);
    expect(stderr).to.equal(
      'proxy: could not use --kubeconfg: no such flag. Try --kubeconfig; did you mean that.\n',
    );
  });

  it('says that a kubeconfig cannot be read, without a stack trace', async () => {
    const { stderr } = await proxy(['--kubeconfig', '/nowhere', '--dry-run'], [2]);
    expect(stderr).to.match(/^proxy: could not read the kubeconfig \/nowhere: .*\n$/);
  });

  it('says so when it may not change rules', async () => {
    // Root of a user namespace has no say in the network that it came from.
    const program = [process.execPath, `${folder}/proxy.mjs`, '--cleanup'];
    const { stderr } = await run('unshare', ['--user', '--map-root-user', ...program], { okCodes: [3] });
    expect(stderr).to.match(/^proxy: could not use nftables: .*Operation not permitted.*Try it as root/);
  });

  it('prints the whole table for the cluster as it is with --dry-run', async () => {
    const api = await startFakeApi({ port: 7311 });
    api.put('nodes', node({ name: 'n1', addresses: ['192.168.56.11'] }));
    api.put('services', service({}));
    api.put('endpointslices', slice({ endpoints: [{ ip: '172.16.1.2', node: 'n1' }] }));
    const kubeconfig = api.kubeconfig('https://127.0.0.1:7311');
    const args = ['--kubeconfig', kubeconfig, '--hostname-override', 'n1', '--dry-run'];
    const { stdout } = await proxy(args).finally(() => api.close());
    expect(stdout).to.include('172.17.0.80 . tcp . 80 : 0x40001');
    expect(stdout).to.include('0x1 : 172.16.1.2 . 8080');
    await run('unshare', ['--user', '--map-root-user', '--net', 'nft', '--check', '-f', '-'], {
      input: stdout,
    });
  });
});

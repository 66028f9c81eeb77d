import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { waitFor } from '../../../lib/wait.ts';
import { createStage, type Stage } from '../scenario.ts';
import { createWorld, putNodes, type World } from '../world.ts';
import { type FaultyProgram, faultyProgram } from './faulty-program.ts';

/** What the proxy does when the programs it needs do not do their work. */
describe('a proxy whose nft', function () {
  this.timeout(60_000);
  let world: World;
  let nft: FaultyProgram;
  let t: Stage;

  before(async () => {
    world = await createWorld();
    nft = faultyProgram(world.folder, 'nft');
    t = createStage(world, 'IPv4');
    const flags = ['--cluster-cidr', '172.16.0.0/16,fd16::/32', '--nftables-sync-period', '1s'];
    await world.startProxy('n1', flags, nft.env);
    await world.startProxy('n2', flags);
  });

  afterEach(function () {
    if (this.currentTest?.state === 'failed') process.stderr.write(log().slice(-4000));
  });

  after(async () => {
    await world?.close();
  });

  beforeEach(async () => {
    nft.become('none');
    world.api.clear();
    putNodes(world.api);
    t.service();
    t.endpoints(['a1']);
    await world.settled();
  });

  const log = () => readFileSync(`${world.folder}/n1.log`, 'utf8');
  const healthz = async () => (await world.agents.n1.http({ url: 'http://127.0.0.1:10256/healthz' })).code;
  const failures = () => t.metric('n1', 'kubeproxy_sync_proxy_rules_nftables_sync_failures_total');
  const answers = async () => (await t.names('c1', t.vip(80), 80, { timeoutMs: 500 }))[0];
  const answersOf = (name: string) =>
    t.eventually(`an answer of ${name}`, async () => (await answers()) === name);

  it('fails keeps the old rules, is unwell while a change waits, and catches up', async () => {
    const before = await failures();
    nft.become('fail');
    t.endpoints(['b1']);
    await t.eventually('several failures', async () => (await failures()) > before + 2);
    expect(await answers()).to.equal('a1');
    await t.eventually('/healthz to lie down', async () => (await healthz()) === 503);
    expect(log()).to.include('it was made to fail');
    nft.become('none');
    await answersOf('b1');
    await t.eventually('/healthz to stand up', async () => (await healthz()) === 200);
  });

  it('fails is unwell also when no change waits: it could not repair anything', async () => {
    nft.become('fail');
    await t.eventually('/healthz to lie down', async () => (await healthz()) === 503);
    expect(await answers()).to.equal('a1');
    nft.become('none');
    await t.eventually('/healthz to stand up', async () => (await healthz()) === 200);
  });

  it('hangs keeps the old rules, and goes on when that one nft is killed', async () => {
    nft.become('hang');
    t.endpoints(['b1']);
    await t.eventually('/healthz to lie down', async () => (await healthz()) === 503);
    expect(await answers()).to.equal('a1');
    nft.become('none');
    expect((await world.agents.n1.exec(nft.endHanging)).code).to.equal(0);
    await answersOf('b1');
    await t.eventually('/healthz to stand up', async () => (await healthz()) === 200);
  });

  for (const fault of ['killed-before', 'killed-after'] as const) {
    it(`is ${fault.replace('-', ' ')} its work: the full sync that follows makes it right`, async () => {
      const before = await failures();
      nft.become(fault);
      t.endpoints(['b1', 'b2']);
      await t.eventually('a failure', async () => (await failures()) > before);
      nft.become('none');
      await t.eventually('both endpoints', async () => {
        return new Set(await t.names('c1', t.vip(80), 80, { times: 2, timeoutMs: 500 })).has('b2');
      });
      await world.settled();
      expect((await t.names('c1', t.vip(80), 80, { times: 2 })).sort()).to.eql(['b1', 'b2']);
    });
  }

  it('is taken away keeps the old rules, says so, and catches up when it is back', async () => {
    // Nobody can execute /dev/null. The world has a mount namespace of its own.
    const sh = (script: string) => world.agents.n1.exec({ command: 'sh', args: ['-c', script] });
    expect(await sh(`rm ${world.folder}/bin-nft/nft; mount --bind /dev/null /usr/sbin/nft`)).to.include({
      code: 0,
    });
    t.endpoints(['b1']);
    await waitFor(() => log().includes('could not run nft: no such program'), {
      what: 'the message',
      timeoutMs: 15_000,
    });
    expect(await answers()).to.equal('a1');
    expect(await sh('umount /usr/sbin/nft')).to.include({ code: 0 });
    await answersOf('b1');
  });

  it('is not there when it starts says what to install', async () => {
    const proxy = `${process.execPath} ${world.folder}/proxy.mjs --kubeconfig /dev/null`;
    const script = `mount --bind /dev/null /usr/sbin/nft; ${proxy}; code=$?; exit $code`;
    const args = ['--mount', 'sh', '-c', script];
    const { code, stderr } = await world.agents.c1.exec({ command: 'unshare', args });
    expect(stderr).to.equal('proxy: could not run nft: it is not installed. Try apt-get install nftables.\n');
    expect(code).to.equal(3);
  });
});

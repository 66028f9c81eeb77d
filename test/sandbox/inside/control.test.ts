import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ask, follow } from '../../../lib/cluster/control.ts';
import { WorkshopError } from '../../../lib/errors.ts';
import { serveControl } from '../../../sandbox/inside/control-server.ts';
import type { Keeper } from '../../../sandbox/inside/keeper.ts';
import { createSteps, type Steps } from '../../../sandbox/inside/steps.ts';
import { openTunnel } from '../../../sandbox/supervise/tunnel.ts';

describe('the control socket', () => {
  let folder = '';
  let file = '';
  let server: Server;
  let steps: Steps;
  const done: string[] = [];

  const keeper: Keeper = {
    spec: { name: 'proxy@n1', node: 'n1', command: ['true'], logFile: '', ready: { kind: 'running' } },
    status: () => ({ name: 'proxy@n1', state: 'running', restarts: 0 }),
    start: () => void done.push('start'),
    stop: async () => void done.push('stop'),
    kill: (signal) => void done.push(signal),
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'control-'));
    file = join(folder, 'sock');
    steps = createSteps();
    done.length = 0;
    server = await serveControl(file, {
      keepers: [keeper],
      steps,
      signal: new AbortController().signal,
      isReady: async () => true,
      awaitReady: async () => void done.push('ready'),
    });
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('is for its owner alone', () => expect(statSync(file).mode & 0o777).to.equal(0o600));

  it('tells the status', async () => {
    const { components, ready } = await ask(file, { op: 'status' });
    expect(components).to.deep.equal([{ name: 'proxy@n1', state: 'running', restarts: 0, ready: true }]);
    expect(ready).to.equal(false);
  });

  it('stops, starts and kills components', async () => {
    await ask(file, { op: 'stop', component: 'proxy@n1' });
    await ask(file, { op: 'start', component: 'proxy@n1' });
    await ask(file, { op: 'kill', component: 'proxy@n1', signal: 'SIGKILL' });
    expect(done).to.deep.equal(['stop', 'start', 'ready', 'SIGKILL']);
  });

  it('refuses what it does not know', async () => {
    const refused = await ask(file, { op: 'stop', component: 'proxy@n2' }).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(WorkshopError);
    expect((refused as Error).message).to.contain('did you mean proxy@n1?');
    const odd = await ask(file, { op: 'dance' } as never).catch((error: Error) => error.message);
    expect(odd).to.equal('could not understand the request');
  });

  it('lets one follow the steps', async () => {
    const seen: string[] = [];
    const following = (async () => {
      for await (const { step, state } of follow(file)) seen.push(`${step} ${state}`);
    })();
    await steps.step('network', async () => {});
    steps.finish();
    await following;
    expect(seen).to.deep.equal(['network started', 'network done']);
  });

  it('stops following on demand', async () => {
    const stop = new AbortController();
    const following = (async () => {
      for await (const _ of follow(file, stop.signal)) stop.abort();
    })();
    await steps.step('network', async () => {});
    expect(await following.catch((error: Error) => error.name)).to.equal('AbortError');
  });

  it('leads through to an address', async () => {
    const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const { port } = echo.address() as { port: number };
    const tunnel = await openTunnel(file, '127.0.0.1', port);
    tunnel.end('there and back');
    expect(String(await once(tunnel, 'data'))).to.equal('there and back');
    await once(tunnel, 'close');
    echo.close();
    await once(echo, 'close');
    const refused = await openTunnel(file, '127.0.0.1', port).catch((error: Error) => error.message);
    expect(refused).to.contain('ECONNREFUSED');
  });
});

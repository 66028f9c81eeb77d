import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { count, eventually, type Stage } from '../stage.ts';

/** What happens to clients when endpoints come and go. */
export function leavingScenarios(stage: Stage): void {
  it('removes an endpoint without connections at once', async () => {
    stage.service();
    stage.endpoints(['a1', 'a2']);
    await stage.sync();
    stage.endpoints(['a2']);
    await stage.sync();
    const table = await stage.table();
    expect(table.match(/:8080 +Masq/g)).to.have.length(1);
    expect(await stage.names('c1', stage.vip, 80, { times: 2 })).to.deep.equal(['a2', 'a2']);
  });

  it('drains a TCP endpoint: its connection lives on, new ones go elsewhere, and then it is removed', async () => {
    stage.service();
    stage.endpoints(['a1']);
    await stage.sync();
    const held = await hold(stage.vip, 80);
    stage.endpoints(['a2']);
    await stage.sync();
    expect(await stage.table()).to.match(/:8080 +Masq +0 +1 /);
    expect(count(await stage.names('c1', stage.vip, 80, { times: 3 }))).to.deep.equal({ a2: 3 });
    expect(await echo(held, 'still')).to.equal('still');
    held.resetAndDestroy();
    await eventually('the real server to be removed', async () => {
      await stage.backend.verify();
      return !/ Masq +0 /.test(await stage.table());
    });
  });

  it('keeps connections of a Service that is deleted, with its address, and refuses new ones', async () => {
    stage.service();
    stage.endpoints(['a1']);
    await stage.sync();
    const held = await hold(stage.vip, 80);
    stage.remove();
    await stage.sync();
    expect(await echo(held, 'still')).to.equal('still');
    for (const from of ['c1', 'node', 'out'] as const) {
      expect(await stage.names(from, stage.vip, 80), from).to.deep.equal(['refused']);
    }
    held.resetAndDestroy();
    await eventually('the address to be removed', async () => {
      await stage.backend.verify();
      return !(await stage.see('ip', 'addr', 'show', 'dev', 'kube-ipvs0')).includes(stage.vip);
    });
  });

  it('takes an endpoint back that returns while it drains', async () => {
    stage.service();
    stage.endpoints(['a1', 'a2']);
    await stage.sync();
    const held = [await hold(stage.vip, 80), await hold(stage.vip, 80)];
    stage.endpoints(['a2']);
    await stage.sync();
    stage.endpoints(['a1', 'a2']);
    await stage.sync();
    expect(await stage.table()).to.not.match(/ Masq +0 /);
    expect(count(await stage.names('c1', stage.vip, 80, { times: 4 }))).to.deep.equal({ a1: 2, a2: 2 });
    for (const socket of held) socket.resetAndDestroy();
  });

  it('sends a UDP client of a gone endpoint to another, from the same port', async () => {
    stage.service({ ports: [{ protocol: 'UDP', port: 53 }] });
    stage.endpoints(['a1'], { port: 5353, protocol: 'UDP' });
    await stage.sync();
    const ask = () =>
      stage.names('c1', stage.vip, 53, { protocol: 'udp', localPort: 40053, timeoutMs: 2000 });
    expect(await ask()).to.deep.equal(['a1']);
    stage.endpoints(['a2'], { port: 5353, protocol: 'UDP' });
    await stage.sync();
    await eventually('the other endpoint to answer', async () => (await ask())[0] === 'a2');
  });
}

/** A connection of the node's own that has had its answer and stays. */
async function hold(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port });
  await next(socket);
  socket.on('error', () => {});
  return socket;
}

async function echo(socket: Socket, word: string): Promise<string> {
  const answer = next(socket);
  socket.write(`${word}\n`);
  return (await answer).trim();
}

function next(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (data) => resolve(data.toString()));
    socket.once('error', reject);
    socket.setTimeout(10_000, () => reject(new Error('no answer')));
  });
}
